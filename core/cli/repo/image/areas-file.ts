import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { addAbortSignal } from 'node:stream'

import type { ChangedAreas } from '../../../archiver/index.ts'
import { type Abortable, argumentBytes, CoreError, formatBytes } from '../../../base/index.ts'
import { readAreas } from '../../../source/index.ts'
import { shownArgument } from '../../byte-arguments.ts'

const STANDARD_INPUT = '-'
const PIECE = 256 * 1024
/** Some twelve million areas: with more, reading all of the disk takes hardly longer. While a list is read no signal is heard. */
const MOST_BYTES = 512 * 1024 * 1024

/**
 * Areas from a file, which may have millions of them. `-` is standard input, which is read here and now, to its end: who
 * writes it may take his time, and a signal must be heard meanwhile.
 */
export async function areasIn(file: string, { signal }: Abortable = {}): Promise<ChangedAreas> {
  if (file !== STANDARD_INPUT) return (diskBytes, onArea) => readAreas(piecesOf(file), diskBytes, onArea)
  const pieces = await readStandardInput(signal)
  return (diskBytes, onArea) => readAreas(pieces, diskBytes, onArea)
}

async function readStandardInput(signal: AbortSignal | undefined): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    const input = signal ? addAbortSignal(signal, process.stdin) : process.stdin
    for await (const piece of input as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes > MOST_BYTES) throw tooLong(STANDARD_INPUT)
      pieces.push(piece)
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw unreadable(STANDARD_INPUT, error)
  }
  return pieces
}

function* piecesOf(file: string): Generator<Buffer> {
  const descriptor = attempt(file, () => openList(file))
  try {
    const memory = Buffer.allocUnsafe(PIECE)
    for (let bytes = 0; ;) {
      const count = attempt(file, () => readSync(descriptor, memory))
      if (count === 0) return
      bytes += count
      // It may have grown since it was opened.
      if (bytes > MOST_BYTES) throw tooLong(file)
      yield memory.subarray(0, count)
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Whoever opens a FIFO waits, and hears no signal, until somebody writes to it. */
function openList(file: string): number {
  const descriptor = openSync(argumentBytes(file), constants.O_RDONLY | constants.O_NONBLOCK)
  const stat = fstatSync(descriptor)
  if (stat.isFile() && stat.size <= MOST_BYTES) return descriptor
  closeSync(descriptor)
  throw stat.isFile()
    ? tooLong(file)
    : refusal(file, 'it is no regular file', `Pipe it to standard input, and give --changed ${STANDARD_INPUT}.`)
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): CoreError {
  if (error instanceof CoreError) return error
  return refusal(file, undefined, 'Check its path and the right to read it.', error)
}

function tooLong(file: string): CoreError {
  const most = formatBytes(MOST_BYTES)
  return refusal(
    file,
    `it has more than ${most}`,
    'Leave --changed out: so much has changed that all may as well be read.',
  )
}

function refusal(file: string, why: string | undefined, remedy: string, cause?: unknown): CoreError {
  const reason = why === undefined ? '' : `: ${why}`
  return new CoreError('input/invalid', `The list of changed areas ${shownArgument(file)} cannot be read${reason}.`, {
    cause,
    safety: 'Nothing was read or stored.',
    remedy,
  })
}
