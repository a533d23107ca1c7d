import { formatInstant } from '../base/index.ts'
import type { VaultLocation } from './place/vault-location.ts'

/** What a recovery kit tells. */
export interface RecoveryKit {
  readonly vaultName: string
  readonly location: VaultLocation
  readonly repositoryId: string
  readonly password: string
  /** By which copies of the catalog in this vault are known to be genuine: base64url. */
  readonly catalogKey: string
  readonly appliance: string
  /** Milliseconds since the epoch. */
  readonly made: number
}

/** All that a restore without this appliance needs, on a page that can be printed. It is as secret as the data. */
export function recoveryKitText(kit: RecoveryKit): string {
  const { vaultName, location, repositoryId, password, catalogKey, appliance, made } = kit
  const path = shellQuoted(location.path)
  return `HOLDFAST RECOVERY KIT

Whoever has this page and the repository can read everything in it. Keep it apart from both: on paper in a safe, or in a
password manager that does not depend on this computer.

Vault:       ${vaultName}
Appliance:   ${appliance}
Made:        ${formatInstant(made)}

Repository:  ${location.path}
Its id:      ${repositoryId}
Password:    ${password}
Catalog key: ${catalogKey}


TO RESTORE WITHOUT HOLDFAST

1. Get restic: every Linux has it (apt install restic), or https://restic.net.
2. Write the password into a file that only you can read:

     umask 077; cat > kit-password          (type the password, Enter, Ctrl-D)

3. See what there is, and bring it back:

     restic -r ${path} -p kit-password snapshots
     restic -r ${path} -p kit-password restore <ID> --target /restored

   The ID is the first column of the snapshot that you want: by its time and its paths. Those with the tag
   holdfast-catalog are copies of what the appliance knew, and none of your files; \`latest\` may be one of them.

   If the repository is on another computer or disk now, give its path there instead.


TO BUILD A NEW APPLIANCE

Install Holdfast, and before it is started the first time write the password and the catalog key into a file each
(as above), and run

     holdfast rebuild-catalog --vault ${path} -p kit-password --key-file kit-catalog-key

With the catalog key Holdfast knows the copies of its catalog in the vault to be genuine. If the repository is on another
computer or disk now, give its path there instead. Sets, policies, users and recovery points come back; API tokens have to
be made anew.
`
}

function shellQuoted(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
