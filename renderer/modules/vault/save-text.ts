/** Hands a text to the person as a file. It stays in the browser's memory no longer than that takes. */
export function saveText(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser has read it by the next turn in all of them but the slowest.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
