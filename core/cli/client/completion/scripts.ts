import type { CommandWords } from './words.ts'

// All three find the command in the words before the cursor: each word that names one below the last leads on. What
// follows an option may be a value: only words that are commands count, so it does no harm.

/** For bash 3.2 and later. Where nothing fits, names of files do. */
export function bashScript(commands: readonly CommandWords[]): string {
  return `# holdfast completion for bash
_holdfast() {
  local at='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${patterns(commands)}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  local words=''
  case "$at" in
${commands.map(({ path, words }) => `    '${spaced(path)}') words='${words.map(({ word }) => word).join(' ')}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _holdfast holdfast
`
}

/** For zsh; also as a file of \`fpath\`. */
export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef holdfast
# holdfast completion for zsh
_holdfast() {
  local at='' i
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      ${patterns(commands)}) at="$at \${words[i]}" ;;
    esac
  done
  local -a found
  case "$at" in
${commands.map(({ path, words }) => `    '${spaced(path)}') found=(${words.map(({ word, description }) => quoted(`${word.replaceAll(':', String.raw`\:`)}:${description}`)).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'holdfast' found || _files
}
if [[ \${funcstack[1]-} == _holdfast ]]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
`
}

/** For fish. */
export function fishScript(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ path, words }) =>
    words.map(({ word, description }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`
      return `complete -c holdfast -n "__holdfast_at '${spaced(path)}'" ${what} -d ${fishQuoted(description)}`
    }),
  )
  const known = commands.filter(({ path }) => path !== '').map(({ path }) => `'${spaced(path)}'`)
  return `# holdfast completion for fish
function __holdfast_at
  set -l known ${known.join(' ')}
  set -l at ''
  for word in (commandline -opc)[2..-1]
    contains -- "$at $word" $known; and set at "$at $word"
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`
}

/** Each path begins with a blank, but for the program itself, which is nothing. */
function spaced(path: string): string {
  return path === '' ? '' : ` ${path}`
}

function patterns(commands: readonly CommandWords[]): string {
  return commands
    .filter(({ path }) => path !== '')
    .map(({ path }) => `'${spaced(path)}'`)
    .join(' | ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`
}
