import type { Messages } from '../en/messages.ts'

export const alert: Messages['alert'] = {
  title: 'Meldungen',
  description: 'Was jemanden braucht. Eine Meldung geht von selbst, wenn ihr Grund vorbei ist.',
  kind: {
    'run-failed': 'Ein Lauf ist fehlgeschlagen',
    'run-warning': 'Ein Lauf endete mit einer Warnung',
    'restore-failed': 'Eine Wiederherstellung ist fehlgeschlagen',
    'restore-incomplete': 'Eine Wiederherstellung ist unvollständig',
    'rpo-breached': 'Der neueste Wiederherstellungspunkt ist zu alt',
    'disk-nearly-full': 'Eine Platte ist fast voll',
    'kit-not-exported': 'Niemand hat das Notfallblatt',
    'not-verified': 'Zu lange nicht geprüft',
    'needs-confirmation': 'Etwas ist zu bestätigen',
    'vault-unreachable': 'Ein Tresor ist nicht erreichbar',
    'damage-found': 'Ein Schaden wurde gefunden',
    'agent-overdue': 'Ein Agent hat nicht gesichert',
    'cache-unusable': 'Ein Cache ist nicht benutzbar',
    'cache-damaged': 'Ein Cache hatte beschädigte Dateien',
    'cache-behind': 'Ein Tresor kommt nicht in die Cloud',
    'catalog-not-backed-up': 'Der Katalog ist nicht gesichert',
    'delivery-failed': 'Meldungen konnten nicht gesendet werden',
  },
  meaning: {
    'run-failed':
      'Frühere Wiederherstellungspunkte sind unberührt. Öffnen Sie den Lauf, und lesen Sie sein Log; starten Sie ihn neu, wenn der Grund behoben ist.',
    'run-warning':
      'Was gespeichert wurde, lässt sich wiederherstellen; was fehlt, ist nicht im Wiederherstellungspunkt. Der Lauf führt es auf.',
    'restore-failed':
      'Wiederherstellungspunkte sind nicht betroffen. Was vorher wiederhergestellt wurde, ist da; der Rest fehlt. Öffnen Sie den Lauf, und stellen Sie noch einmal wieder her, wenn der Grund behoben ist.',
    'restore-incomplete':
      'Wiederherstellungspunkte sind nicht betroffen. Der Lauf führt auf, was nicht wiederhergestellt wurde, und warum.',
    'rpo-breached':
      'Was sich seit dem neuesten vollständigen Punkt geändert hat, ist nicht gesichert. Ältere Punkte sind nicht betroffen. Sehen Sie sich die letzten Läufe an, und sichern Sie jetzt.',
    'disk-nearly-full':
      'Was gespeichert ist, ist sicher. Ist die Platte voll, schlagen Sicherungen fehl. Vergrößern Sie sie, oder behalten Sie weniger Punkte.',
    'kit-not-exported':
      'Die Daten sind sicher, solange es diese Appliance ist. Geht sie verloren, kann ohne Notfallblatt niemand den Tresor lesen. Laden Sie es herunter, und verwahren Sie es anderswo.',
    'not-verified':
      'Nichts spricht dafür, dass Punkte beschädigt sind, aber nichts hat bewiesen, dass sie sich wiederherstellen lassen. Starten Sie eine Stichprobe.',
    'needs-confirmation':
      'Es wurde nichts entfernt, und es wird nichts entfernt, bis es jemand bestätigt. Prüfen Sie Uhr und Richtlinie, und bestätigen Sie es, wenn es gewollt ist.',
    'vault-unreachable':
      'Inzwischen wird nichts dorthin gesichert oder von dort wiederhergestellt. Sehen Sie nach, ob Platte oder Freigabe da ist.',
    'damage-found':
      'Manche Wiederherstellungspunkte lassen sich vielleicht nicht oder nur teilweise wiederherstellen. Öffnen Sie die Prüfung: Sie nennt, was beschädigt ist. Behalten Sie die Quellen, wie sie sind.',
    'agent-overdue':
      'Was sich auf jenem Rechner seither geändert hat, ist nicht geschützt. Sehen Sie dort nach dem Zeitgeber und nach dem, was restic sagt.',
    'cache-unusable':
      'Sicherungen gehen einstweilen direkt in die Cloud. Was nur der Cache hat, lässt sich erst wiederherstellen, wenn er wieder da ist. Sehen Sie nach seiner Platte.',
    'cache-damaged':
      'Was aus der Cloud geholt werden konnte, ist wieder heil. Sehen Sie nach einer Platte, die ausfällt.',
    'cache-behind':
      'Brennte diese Appliance jetzt ab, wäre verloren, was wartet. Sehen Sie nach den Zeitfenstern und den letzten Abgleichen.',
    'catalog-not-backed-up':
      'Wiederherstellungspunkte sind sicher. Geht die Appliance verloren, ist neu einzurichten, was seither eingerichtet wurde. Starten Sie eine Katalogsicherung.',
    'delivery-failed':
      'Sicherungen sind nicht betroffen, aber auf diesem Weg erfährt niemand, wenn eine fehlschlägt. Berichtigen Sie den Versand, und senden Sie einen Test.',
  },
  severity: { error: 'Fehler', warning: 'Warnung', hint: 'Hinweis' },
  open: 'Offen',
  cleared: 'Vorbei',
  phase: 'Welche Meldungen',
  acknowledge: 'Ich habe es gesehen',
  acknowledged: 'Gesehen von {name}, {when}',
  since: 'Seit {when}',
  times: 'Einmal festgestellt | {n}-mal festgestellt',
  clearedAt: 'Vorbei seit {when}',
  about: 'Betrifft',
  emptyOpen: 'Nichts braucht Sie',
  emptyOpenText: 'Es gibt keine offene Meldung.',
  emptyCleared: 'Noch keine Meldung',
  emptyClearedText: 'Hier bleiben Meldungen, deren Grund vorbei ist.',
  delivery: 'Versand',
  deliveryText: 'Wohin Meldungen gesendet werden. Hier werden sie immer auch gezeigt.',
  deliverySaved: 'Gespeichert.',
  mail: 'E-Mail',
  mailOn: 'Per E-Mail senden',
  host: 'Mailserver',
  port: 'Port',
  security: 'Verschlüsselung',
  securityNone: 'Keine',
  securityStarttls: 'STARTTLS',
  securityTls: 'TLS',
  mailUser: 'Benutzername beim Server',
  mailPassword: 'Passwort beim Server',
  secretKept: 'Eines ist gespeichert. Leer lassen, um es zu behalten.',
  secretNone: 'Keines ist gespeichert.',
  removeSecret: 'Gespeichertes entfernen',
  from: 'Absender',
  to: 'Empfänger',
  toHint: 'Eine Adresse je Zeile.',
  webhook: 'Webhook',
  webhookOn: 'An einen Webhook senden',
  url: 'Adresse',
  webhookSecret: 'Geheimnis für die Signatur',
  least: 'Senden ab',
  leastHint: 'Leichtere werden nur gezeigt.',
  test: 'Test senden',
  testHint: 'Mit dem, was gespeichert ist.',
  testNothing: 'Es ist kein Versand eingerichtet.',
  testFine: 'Wurde gesendet.',
  channel: { mail: 'E-Mail', webhook: 'Webhook' },
}
