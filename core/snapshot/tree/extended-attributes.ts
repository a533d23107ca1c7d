import type { JsonScanner } from '../json/json-scanner.ts'
import { readJsonBytes } from '../json/json-string.ts'
import type { ExtendedAttribute } from './node.ts'

const QUOTE = 0x22

/** Reads the list of a node's extended attributes, which starts at `at`. */
export function readExtendedAttributes(json: JsonScanner, at: number): ExtendedAttribute[] {
  const found: ExtendedAttribute[] = []
  json.elements(at, (start) => found.push(readExtendedAttribute(json, start)))
  return found
}

function readExtendedAttribute(json: JsonScanner, at: number): ExtendedAttribute {
  let name: Buffer | undefined
  let value: Buffer | null | undefined
  json.members(at, (key, member, start, end) => {
    const isText = json.bytes[start] === QUOTE
    if (key === 'name' && name === undefined && isText) name = readJsonBytes(json.bytes, start + 1, end - 1)
    else if (key === 'value' && value === undefined && isText) value = readBase64(json, start + 1, end - 1)
    else if (key === 'value' && value === undefined && json.isNull(start)) value = null
    else throw json.damaged(member, 'an extended attribute is not just a name and a value')
  })
  if (name === undefined) throw json.damaged(at, 'an extended attribute has no name')
  return { name, value: value ?? null }
}

/** Reads base64 between the quotes of a JSON string, in its one canonical form. */
export function readBase64(json: JsonScanner, start: number, end: number): Buffer {
  const written = readJsonBytes(json.bytes, start, end).toString('latin1')
  const value = Buffer.from(written, 'base64')
  if (value.toString('base64') !== written) throw json.damaged(start, 'base64 was expected')
  return value
}
