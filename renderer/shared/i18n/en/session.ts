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
    'Open the link that the appliance printed when it was started for the first time: only with it is the first administrator made.',
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
    viewer:
      'Sees which folders are protected and where to, what runs with its log, and what went wrong. Does not look into recovery points, restores nothing and changes nothing.',
  },
}
