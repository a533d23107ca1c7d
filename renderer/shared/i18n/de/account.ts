import type { Messages } from '../en/messages.ts'

export const account: Messages['account'] = {
  description: 'Wie Sie sich anmelden. Hier geht es nur um Sie.',
  who: 'Angemeldet',
  role: 'Rolle',
  until: 'Endet unbenutzt',
  sessionsText:
    'Jeder Browser, in dem Sie sich anmelden, hat seine eigene Sitzung. Sie sind hier nicht aufgeführt: Ein neues Passwort beendet alle außer dieser.',
  password: 'Passwort',
  passwordText: 'Nur Sie kennen es: Die Appliance behält nichts, woraus es sich ablesen ließe.',
  ruleLength: 'Mindestens 10 Zeichen. Alle Zeichen zählen, und länger ist sicherer.',
  ruleSessions: 'Ein neues Passwort beendet Ihre Sitzungen in anderen Browsern. Diese geht weiter.',
  revokeTokens: 'Auch meine API-Tokens beenden',
  revokeTokensText:
    'Programme, die sie benutzen, werden danach abgewiesen, ebenso Befehle auf Computern, auf denen Sie damit angemeldet sind. Behalten Sie sie nur, wenn niemand sonst das alte Passwort kennen kann.',
  current: 'Ihr jetziges Passwort',
  next: 'Neues Passwort',
  repeat: 'Neues Passwort, noch einmal',
  differs: 'Die beiden sind nicht gleich.',
  same: 'Dieses Passwort haben Sie schon.',
  change: 'Passwort ändern',
  changed: 'Das Passwort ist geändert.',
  endedSessions: '{n} andere Sitzung ist beendet. | {n} andere Sitzungen sind beendet.',
  endedTokens: '{n} API-Token ist beendet. | {n} API-Tokens sind beendet.',
  totp: 'Zweiter Faktor',
  totpText: 'Sechs Ziffern aus einem Authenticator, zusätzlich zum Passwort.',
  totpOn: 'Wird benutzt',
  totpOff: 'Nicht eingerichtet',
  totpOnText: 'Wer Ihr Passwort kennt, kann sich ohne Ihren Authenticator nicht anmelden.',
  totpOffText:
    'Wer Ihr Passwort erfährt, kann sich als Sie anmelden. Mit einem zweiten Faktor bräuchte er auch Ihren Authenticator: eine App auf Ihrem Telefon oder einen Passwort-Manager, der solche Codes zeigt.',
  totpBegin: 'Zweiten Faktor einrichten',
  totpBeginText:
    'Geben Sie zuerst Ihr Passwort an. Es ändert sich nichts, bis Sie gezeigt haben, dass Ihr Authenticator funktioniert.',
  totpSecret: 'Geheimnis für den Authenticator',
  totpSecretText:
    'Legen Sie in Ihrem Authenticator ein Konto an, und geben Sie dieses Geheimnis ein: alle 30 Sekunden ein Code, sechs Ziffern.',
  totpCopy: 'Geheimnis kopieren',
  totpOpen: 'Hier in einem Authenticator öffnen',
  totpOnce:
    'Es wird nur dieses eine Mal gezeigt. Wer es hat, kann Ihre Codes erzeugen: Bewahren Sie es auf wie ein Passwort oder gar nicht. Wenn Sie Ihren Authenticator verlieren, kann ein Administrator den zweiten Faktor entfernen.',
  totpCodeHint: 'Wie Ihr Authenticator sie jetzt zeigt.',
  totpConfirm: 'Ab jetzt benutzen',
  totpIsOn: 'Der zweite Faktor wird benutzt: Bei der nächsten Anmeldung werden Sie danach gefragt.',
  totpRemove: 'Zweiten Faktor entfernen',
  totpRemoveText:
    'Danach genügt das Passwort allein, um sich als Sie anzumelden. Das Geheimnis in Ihrem Authenticator nützt dann nichts mehr.',
  totpIsOff: 'Der zweite Faktor ist entfernt: Jetzt genügt das Passwort allein.',
}
