import { initRepository, type Repository } from '../../core/repository/index.ts'
import { openMemoryStorage, type Storage } from '../../core/storage/index.ts'

/** A function that gives an empty repository in a storage of its own, in no time: its key is derived once. */
export async function makeRepositories(): Promise<(storage?: Storage) => Repository> {
  const made = await initRepository(openMemoryStorage(), {
    password: 'made',
    owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
    chunkerPolynomial: '25b468838dcb75',
  })
  return (storage = openMemoryStorage()) => made.over(storage)
}
