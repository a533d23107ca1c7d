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
    'Öffnen Sie den Link, den holdfastd beim ersten Start ausgegeben hat: Nur er legt den ersten Administrator an.',
  role: {
    administrator: 'Administrator',
    operator: 'Operator',
    'restore-only': 'Nur Wiederherstellung',
    viewer: 'Betrachter',
  },
}
