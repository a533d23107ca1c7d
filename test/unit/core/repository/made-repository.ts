import { initRepository, type Repository } from '../../../../core/repository/index.ts'
import { openMemoryStorage, type Storage } from '../../../../core/storage/index.ts'

export const PASSWORD = 'correct horse'
export const OWNER = { username: 'tester', hostname: 'bench', created: '2026-01-02T03:04:05Z' }
/** An irreducible polynomial of degree 53. */
export const POLYNOMIAL = '25b468838dcb75'

/** A new repository, in memory by default. */
export function makeRepository(storage: Storage = openMemoryStorage()): Promise<Repository> {
  return initRepository(storage, { password: PASSWORD, owner: OWNER, chunkerPolynomial: POLYNOMIAL })
}

/** The names of all files of a kind. */
export async function namesOf(storage: Storage, kind: Parameters<Storage['list']>[0]): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of storage.list(kind)) names.push(name)
  return names.toSorted()
}
