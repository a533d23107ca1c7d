/** How wide texts are in the font of an element. Pixels. */
export function measureTextIn(element: HTMLElement): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d')
  if (context === null) throw new Error('This browser has no canvas.')
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element)
  context.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`
  return (text) => context.measureText(text).width
}
