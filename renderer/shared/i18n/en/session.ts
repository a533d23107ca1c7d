export const session = {
  title: 'Sign in',
  name: 'User name',
  password: 'Password',
  totp: 'Six digits from your authenticator',
  totpHint: 'This account has a second factor.',
  haveTotp: 'I have a second factor',
  signIn: 'Sign in',
  expiredTitle: 'Your session has ended',
  expiredText: 'Sign in again to go on where you were. Nothing on this page is lost.',
  notYou: 'Not {name}? Sign out',
  setupNeeded: 'This appliance has no administrator yet.',
  setupHow:
    'Open the link that holdfastd printed when it was started for the first time: only it makes the first administrator.',
  role: {
    administrator: 'Administrator',
    operator: 'Operator',
    'restore-only': 'Restore only',
    viewer: 'Viewer',
  },
  roleText: {
    administrator:
      'May do everything: set up what is protected, by which rules and where to, restore into folders of the system, too, and manage users and settings.',
    operator:
      'Starts and stops backups and what looks after vaults, restores and downloads files, and says that alerts were seen. Changes no settings.',
    'restore-only':
      'Looks into recovery points, restores and downloads files. Starts no backups and changes no settings.',
    viewer: 'Sees what is protected, what runs and what went wrong. Sees no names of files and changes nothing.',
  },
}
