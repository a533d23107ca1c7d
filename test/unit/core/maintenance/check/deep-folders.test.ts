import { expect, it } from 'vitest'

import { sha256 } from '../../../../../core/repository/index.ts'
import { checkRepository } from '../../../../support/check-repository.ts'
import { storeSnapshot } from '../../../../support/craft.ts'
import { craftNode, createCraft } from '../../../../support/crafted-tree.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

const newRepository = await makeRepositories()

it('a check names what is lost beside a chain of a hundred thousand folders, and the chain where it lies too deep', async () => {
  const repository = newRepository()
  const craft = createCraft(repository)
  const lost = craftNode('lost', { size: 4n, content: sha256(Buffer.from('lost')) })
  let chain = craft.tree(lost)
  for (let level = 0; level < 100_000; level++) chain = craft.tree(craft.folder('x', chain))
  const near = craft.tree(lost, craft.file('whole', 'content'))
  const root = craft.tree(craft.folder('chain', chain), craft.folder('near', near))
  await craft.store()
  const snapshot = await storeSnapshot(repository, root.toString('hex'))

  const { affected } = await checkRepository(repository)

  const deep = `/chain${'/x'.repeat((16 * 1024 - '/chain'.length) / 2)}`
  expect(affected).toEqual([
    { snapshot, kind: 'folder', andMore: false, path: Buffer.from(deep) },
    { snapshot, kind: 'file', andMore: false, path: Buffer.from('/near/lost') },
  ])
})
