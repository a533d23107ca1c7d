import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'

// Node decodes what a program is started with, and bytes that are not UTF-8 are lost. Here each of them is kept as one
// character that no text has (a lone surrogate, U+DC80 to U+DCFF, as Python does it).

const ESCAPE = 0xdc00
const ESCAPED = /[\udc80-\udcff]/gu

/** `process.argv`, in which arguments that are not UTF-8 are escaped. As it is where the system does not tell the bytes. */
export function readArguments(argv: readonly string[], read = readCommandLine): string[] {
  const given = splitCommandLine(read(), argv.length)
  return argv.map((argument, at) => {
    const bytes = given[at]
    // Node may have changed what stands before its script, and nothing else.
    return bytes && !isUtf8(bytes) && bytes.toString('utf8') === argument ? escape(bytes) : argument
  })
}

/** The bytes of an argument. */
export function argumentBytes(argument: string): Buffer {
  const bytes: Buffer[] = []
  let start = 0
  for (const { index, 0: escaped } of argument.matchAll(ESCAPED)) {
    bytes.push(Buffer.from(argument.slice(start, index)), Buffer.of(escaped.charCodeAt(0) - ESCAPE))
    start = index + 1
  }
  return Buffer.concat([...bytes, Buffer.from(argument.slice(start))])
}

/** Whether an argument is text. */
export function isTextArgument(argument: string): boolean {
  return argument.isWellFormed()
}

/** Linux, proc(5): every argument is ended by a NUL. */
function readCommandLine(): Buffer {
  try {
    return readFileSync('/proc/self/cmdline')
  } catch {
    return Buffer.alloc(0)
  }
}

/** The last `count` arguments; those before are Node's own. */
function splitCommandLine(line: Buffer, count: number): Buffer[] {
  const ends = [...line.entries()].filter(([, byte]) => byte === 0).map(([at]) => at)
  return ends.map((end, number) => line.subarray(number === 0 ? 0 : (ends[number - 1] ?? 0) + 1, end)).slice(-count)
}

function escape(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((some) => at + some <= bytes.length && isUtf8(bytes.subarray(at, at + some)))
    text += length ? bytes.toString('utf8', at, at + length) : String.fromCharCode(ESCAPE + (bytes[at] ?? 0))
    at += length ?? 1
  }
  return text
}
