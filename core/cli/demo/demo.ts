export async function runDemo(_: { keep?: boolean }): Promise<0> {
  return 0
}
