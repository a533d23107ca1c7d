import type { Messages } from '../en/messages.ts'

export const shell: Messages['shell'] = {
  skip: 'Zum Inhalt springen',
  navigation: 'Hauptnavigation',
  openNavigation: 'Navigation öffnen',
  protect: 'Sichern',
  watch: 'Beobachten',
  recover: 'Wiederherstellen',
  administer: 'Verwalten',
  theme: 'Darstellung',
  themeLight: 'Hell',
  themeDark: 'Dunkel',
  themeSystem: 'Wie das System',
  language: 'Sprache',
  user: 'Benutzermenü',
  signOut: 'Abmelden',
  signedInAs: 'Angemeldet als {name}',
  notFound: 'Diese Seite gibt es nicht',
  notFoundText: 'Die Adresse führt nirgendwohin. Vielleicht wurde entfernt, was dort war.',
  toOverview: 'Zur Übersicht',
  forbidden: 'Ihre Rolle erlaubt das nicht',
  forbiddenText:
    'Sie sind als {role} angemeldet. Wenden Sie sich an einen Administrator, wenn Sie diese Seite brauchen.',
  pageFailed: 'Diese Seite konnte nicht geladen werden',
  pageFailedText:
    'Die Appliance wurde vielleicht aktualisiert, seit diese Seite geöffnet wurde, oder sie antwortet nicht. Laden Sie neu.',
  alertsOpen: '{n} offene Meldung | {n} offene Meldungen',
  version: 'Version {version}',
  zone: 'Zeiten gelten in {zone}',
}

export const nav: Messages['nav'] = {
  overview: 'Übersicht',
  sets: 'Quellen und Sets',
  policies: 'Richtlinien',
  runs: 'Läufe',
  points: 'Wiederherstellungspunkte',
  restore: 'Wiederherstellen',
  vaults: 'Tresore',
  alerts: 'Meldungen',
  audit: 'Protokoll',
  users: 'Benutzer',
  settings: 'Einstellungen',
  account: 'Mein Konto',
}

export const connection: Messages['connection'] = {
  connecting: 'Verbindet',
  connected: 'Verbunden',
  reconnecting: 'Verbindet neu',
  lost: 'Nicht verbunden',
  lostText: 'Nicht mit der Appliance verbunden: Was Sie sehen, ist von {time}.',
  lostHelp: 'Läufe gehen von selbst weiter. Diese Seite kommt zurück, sobald die Appliance antwortet.',
  neverText: 'Die Appliance antwortet nicht.',
  back: 'Wieder verbunden: Was Sie sehen, ist aktuell.',
}

export const palette: Messages['palette'] = {
  title: 'Öffnen, finden, tun',
  description: 'Tippen Sie, um eine Ansicht, ein Backup-Set, einen Tresor oder eine Richtlinie zu finden.',
  open: 'Finden',
  placeholder: 'Name oder Aktion eingeben …',
  empty: 'Nichts passt.',
  screens: 'Ansichten',
  backUp: 'Jetzt sichern',
  backUpSet: '{name} jetzt sichern',
  sets: 'Backup-Sets',
  vaults: 'Tresore',
  policies: 'Richtlinien',
  begun: 'Die Sicherung von {name} wurde gestartet.',
}

export const problem: Messages['problem'] = {
  object: 'Betrifft: {object}',
  fields: 'Sehen Sie hier nach:',
  offline: 'Die Appliance antwortet nicht.',
  offlineRemedy:
    'Diese Seite hat nichts geändert. Prüfen Sie, ob der Dienst holdfastd läuft und sein Rechner erreichbar ist, und versuchen Sie es noch einmal.',
  http: 'Etwas zwischen dieser Seite und der Appliance hat an ihrer Stelle geantwortet.',
  signedOut: 'Sie sind nicht mehr angemeldet.',
  kind: {
    FORBIDDEN: 'Ihre Rolle erlaubt das nicht.',
    NOT_FOUND: 'Das gibt es nicht mehr.',
    TOO_MANY: 'Zu viele Versuche. Warten Sie einen Augenblick.',
  },
}
