import { textWidth } from '../../repo/text/table.ts'

/**
 * A text in lines of at most so many characters, broken where it has blanks. A word that is longer stays whole, as a path
 * that is to be copied should; with `cuts` it is cut, behind a mark such as `/` where there is one in its second half.
 */
export function breakText(text: string, room: number, { cuts = false }: { readonly cuts?: boolean } = {}): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => (cuts ? pieces(each, room) : [each]))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || textWidth(longer) <= room) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

function pieces(word: string, room: number): string[] {
  const made: string[] = []
  let rest = word
  while (textWidth(rest) > room) {
    const head = Array.from(rest).slice(0, room).join('')
    const mark = head.search(/[/.,:_-][^/.,:_-]*$/)
    const end = mark >= head.length / 2 ? mark + 1 : head.length
    made.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...made, rest]
}
