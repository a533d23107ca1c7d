/** So close to its end what is scrolled wants more. Pixels. */
const NEAR = 80

/** Whether a list was scrolled to where further parts of it are wanted. */
export function isNearEnd({ currentTarget }: Event): boolean {
  if (!(currentTarget instanceof HTMLElement)) return false
  const { scrollHeight, scrollTop, clientHeight } = currentTarget
  return scrollHeight - scrollTop - clientHeight < NEAR
}
