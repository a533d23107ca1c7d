export const shell = {
  skip: 'Skip to the content',
  navigation: 'Main navigation',
  openNavigation: 'Open the navigation',
  protect: 'Protect',
  watch: 'Watch',
  recover: 'Recover',
  administer: 'Administer',
  theme: 'Theme',
  themeLight: 'Light',
  themeDark: 'Dark',
  themeSystem: 'As the system',
  language: 'Language',
  user: 'User menu',
  signOut: 'Sign out',
  signedInAs: 'Signed in as {name}',
  notFound: 'There is no such page',
  notFoundText: 'The address leads nowhere. It may have been of something that was removed.',
  toOverview: 'To the overview',
  forbidden: 'Your role does not allow this',
  forbiddenText: 'You are signed in as {role}. Ask an administrator where you need this page.',
  pageFailed: 'This page could not be loaded',
  pageFailedText:
    'The appliance may have been updated since this page was opened, or it does not answer. Load it again.',
  alertsOpen: '{n} open alert | {n} open alerts',
  version: 'Version {version}',
  zone: 'Times are shown in {zone}',
}

export const nav = {
  overview: 'Overview',
  sets: 'Sources and sets',
  policies: 'Policies',
  runs: 'Runs',
  points: 'Recovery points',
  restore: 'Restore',
  vaults: 'Vaults',
  alerts: 'Alerts',
  audit: 'Audit',
  users: 'Users',
  settings: 'Settings',
  account: 'My account',
}

export const connection = {
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  lost: 'Not connected',
  lostText: 'Not connected to the appliance: what you see is from {time}.',
  lostHelp: 'Runs go on by themselves. This page comes back when the appliance answers.',
  neverText: 'The appliance does not answer.',
  back: 'Connected again: what you see is up to date.',
}

export const palette = {
  title: 'Go to, find, do',
  description: 'Type to find a screen, a backup set, a vault or a policy.',
  open: 'Find',
  placeholder: 'Type a name or what you want to do …',
  empty: 'Nothing fits.',
  screens: 'Screens',
  backUp: 'Back up now',
  backUpSet: 'Back up {name} now',
  sets: 'Backup sets',
  vaults: 'Vaults',
  policies: 'Policies',
  begun: 'The backup of {name} was started.',
}

export const problem = {
  object: 'About: {object}',
  fields: 'Look at these:',
  offline: 'The appliance does not answer.',
  offlineRemedy:
    'Nothing was changed by this page. Check that the service holdfastd runs and that its computer can be reached, and try again.',
  http: 'Something between this page and the appliance answered in its place.',
  signedOut: 'You are no longer signed in.',
  kind: {
    FORBIDDEN: 'Your role does not allow this.',
    NOT_FOUND: 'It is no longer there.',
    TOO_MANY: 'Too many attempts. Wait a moment.',
  },
}
