/** The variables of a program whose clock is so many milliseconds ahead, or behind. Timers are not. */
export function clockAhead(by: number): { readonly NODE_OPTIONS: string } {
  const script = `const now = Date.now; Date.now = () => now() + ${by}`
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
}
