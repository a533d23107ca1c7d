import type { Messages } from '../en/messages.ts'

export const session: Messages['session'] = {
  title: 'Anmelden',
  name: 'Benutzername',
  password: 'Passwort',
  totp: 'Sechs Ziffern aus Ihrem Authenticator',
  totpHint: 'Dieses Konto hat einen zweiten Faktor.',
  haveTotp: 'Ich habe einen zweiten Faktor',
  signIn: 'Anmelden',
  expiredTitle: 'Ihre Sitzung ist beendet',
  expiredText: 'Melden Sie sich wieder an, um hier weiterzumachen. Auf dieser Seite geht nichts verloren.',
  notYou: 'Nicht {name}? Abmelden',
  setupNeeded: 'Diese Appliance hat noch keinen Administrator.',
  setupHow:
    'Öffnen Sie den Link, den die Appliance beim ersten Start ausgegeben hat: Nur damit lässt sich der erste Administrator anlegen.',
  role: {
    administrator: 'Administrator',
    operator: 'Operator',
    'restore-only': 'Nur Wiederherstellung',
    viewer: 'Betrachter',
  },
  roleText: {
    administrator:
      'Darf alles: einrichten, was nach welchen Regeln wohin gesichert wird, auch in Ordner des Systems wiederherstellen, Benutzer und Einstellungen verwalten.',
    operator:
      'Startet und stoppt Sicherungen und die Pflege der Tresore, stellt Dateien wieder her, lädt sie herunter und vermerkt, dass Meldungen gesehen wurden. Ändert keine Einstellungen.',
    'restore-only':
      'Sieht in Wiederherstellungspunkte hinein, stellt Dateien wieder her und lädt sie herunter. Startet keine Sicherungen und ändert keine Einstellungen.',
    viewer:
      'Sieht, welche Ordner wohin gesichert werden, was läuft samt Protokoll und was fehlging. Sieht nicht in Wiederherstellungspunkte hinein, stellt nichts wieder her und ändert nichts.',
  },
}
