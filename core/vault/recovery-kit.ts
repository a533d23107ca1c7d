import { formatInstant } from '../base/index.ts'
import { type VaultPlace, vaultPlaceText } from './place/vault-location.ts'

/** What a recovery kit tells. */
export interface RecoveryKit {
  readonly vaultName: string
  readonly place: VaultPlace
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
  const { vaultName, place, repositoryId, password, catalogKey, appliance, made } = kit
  const path = shellQuoted(vaultPlaceText(place))
  return `HOLDFAST RECOVERY KIT

Whoever has this page and the repository can read everything in it. Keep it apart from both: on paper in a safe, or in a
password manager that does not depend on this computer.

Vault:       ${vaultName}
Appliance:   ${appliance}
Made:        ${formatInstant(made)}

Repository:  ${vaultPlaceText(place)}
Its id:      ${repositoryId}
Password:    ${password}
Catalog key: ${catalogKey}
${accessLines(place)}

TO RESTORE WITHOUT HOLDFAST

1. Get restic: every Linux has it (apt install restic), or https://restic.net.
2. Write the password into a file that only you can read:

     umask 077; cat > kit-password          (type the password, Enter, Ctrl-D)

3. See what there is, and bring it back:

${environmentLines(place)}     restic -r ${path} -p kit-password snapshots
     restic -r ${path} -p kit-password restore <ID> --target /restored

   The ID is the first column of the snapshot that you want: by its time and its paths. Those with the tag
   holdfast-catalog are copies of what the appliance knew, and none of your files; \`latest\` may be one of them.

   If the repository is on another computer or disk now, give its path there instead.


TO BUILD A NEW APPLIANCE

Install Holdfast, and before it is started the first time write the password and the catalog key into a file each
(as above), and run

${environmentLines(place)}     holdfast rebuild-catalog --vault ${path} -p kit-password --key-file kit-catalog-key

With the catalog key Holdfast knows the copies of its catalog in the vault to be genuine. If the repository is on another
computer or disk now, give its path there instead. Sets, policies, users and recovery points come back; API tokens have to
be made anew.
`
}

/** The access key is as secret as the password: with both, everything can be read, and with it alone, removed. */
function accessLines(place: VaultPlace): string {
  if (place.kind === 'directory') return ''
  const { accessKeyId, secretAccessKey } = place.credentials
  return `Access key:  ${accessKeyId}\nIts secret:  ${secretAccessKey}\nRegion:      ${place.region}\n`
}

/** Typed where nobody else reads along, and forgotten with the shell. */
function environmentLines(place: VaultPlace): string {
  if (place.kind === 'directory') return ''
  return `     read -r AWS_ACCESS_KEY_ID; read -rs AWS_SECRET_ACCESS_KEY      (type both, Enter after each)
     AWS_DEFAULT_REGION=${shellQuoted(place.region)}
     export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_DEFAULT_REGION

`
}

function shellQuoted(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
