import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const MIB = 1024 * 1024

/** Numbers in `[0, 1)` that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const LETTERS = 'etaoinshrdlucmfwypvbgkjqxz'

function vocabulary(random: () => number): string[] {
  return Array.from({ length: 20_000 }, () => {
    const length = 2 + Math.floor(random() * random() * 12)
    return Array.from({ length }, () => LETTERS[Math.floor(random() ** 2 * 26)]).join('')
  })
}

/** Text like that of logs and prose: words by Zipf's law, time stamps, numbers. zstd's fastest makes it 2.4 times smaller. */
export function makeText(seed: number, size: number): Buffer {
  const random = seeded(seed)
  const words = vocabulary(seeded(7))
  const text = Buffer.allocUnsafe(size)
  let second = 0
  for (let at = 0; at < size;) {
    const kind = random()
    let line = ''
    if (kind < 0.3) {
      second += Math.floor(random() * 3)
      line = `2026-11-20T${String(Math.floor(second / 3600) % 24).padStart(2, '0')}:00:${String(second % 60).padStart(2, '0')}Z host${Math.floor(random() * 40)} svc[${Math.floor(random() * 30_000)}]: `
    }
    for (let word = 4 + Math.floor(random() * 14); word > 0; word--)
      line += `${words[Math.floor(words.length ** random()) - 1]} `
    if (kind < 0.2) line += `0x${Math.floor(random() * 2 ** 32).toString(16)}`
    at += text.write(`${line}\n`, at, 'latin1')
  }
  return text
}

function save(path: string, content: Uint8Array): void {
  const file = openSync(path, 'w')
  for (let at = 0; at < content.length;) at += writeSync(file, content, at)
  fsyncSync(file)
  closeSync(file)
}

/** Half incompressible, half text: `mib` MiB in files of 128 MiB. */
export function makeLargeFiles(folder: string, mib: number): void {
  mkdirSync(folder, { recursive: true })
  for (let pair = 0; pair * 256 < mib; pair++) {
    save(join(folder, `text-${pair}.log`), makeText(100 + pair, 128 * MIB))
    save(join(folder, `random-${pair}.bin`), randomFillSync(Buffer.allocUnsafe(128 * MIB)))
  }
}

/** Files of 256 bytes to 14 KiB (3.4 KiB on average, short ones being more frequent), 100 to a folder. */
export function makeSmallFiles(folder: string, count: number): void {
  const random = seeded(42)
  const text = makeText(9, 64 * MIB)
  const noise = randomFillSync(Buffer.allocUnsafe(16 * MIB))
  for (let file = 0; file < count; file++) {
    const inside = join(folder, `folder-${String(Math.floor(file / 100)).padStart(4, '0')}`)
    if (file % 100 === 0) mkdirSync(inside, { recursive: true })
    const source = random() < 0.7 ? text : noise
    const size = Math.floor(256 * Math.exp(random() * 4))
    const start = Math.floor(random() * (source.length - size))
    const path = openSync(join(inside, `file-${file}.dat`), 'w')
    writeSync(path, source, start, size)
    closeSync(path)
  }
}
