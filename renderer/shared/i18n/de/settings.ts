import type { Messages } from '../en/messages.ts'

export const settings: Messages['settings'] = {
  description: 'Wie diese Appliance arbeitet. Alles hat eine Vorgabe, die passt; jeder Teil wird für sich gespeichert.',
  section: {
    appliance: 'Diese Appliance',
    care: 'Pflege der Tresore',
    runs: 'Läufe zur gleichen Zeit',
    watch: 'Protokolle und Meldungen',
    sessions: 'Anmeldung',
    reach: 'Wer die Konsole erreicht',
  },
  sectionText: {
    care: 'Wie oft ein Backup-Set erprobt wird, sagt seine Richtlinie.',
    runs: 'Was darüber ist, wartet, bis andere zu Ende sind. Eine Wiederherstellung wartet darauf nicht.',
    reach: 'Gilt, sobald der Dienst neu gestartet ist.',
  },
  label: {
    name: 'Name',
    timeZone: 'Zeitzone',
    maintenanceAt: 'Zeit der Pflege',
    checkEveryDays: 'Alle … Tage prüfen',
    pruneEveryDays: 'Alle … Tage aufräumen',
    pruneGraceHours: 'Unbenötigtes … Stunden aufheben',
    mostRuns: 'Insgesamt',
    mostRunsPerSource: 'Je Quelle',
    mostRunsPerVault: 'Je Tresor',
    logDays: 'Protokolle … Tage aufheben',
    diskFreePercent: 'Meldung unter … Prozent frei',
    sessionHours: 'Nach … untätigen Stunden abmelden',
    reach: 'Die Konsole ist erreichbar von',
    hosts: 'Namen und Adressen',
  },
  help: {
    name: 'Steht in der Konsole, in Meldungen und auf dem Notfallblatt.',
    timeZone:
      'Nach ihr werden Zeiten gezeigt, und nach ihr beginnt die Pflege der Tresore. Zeitpläne haben die Zone ihrer Richtlinie.',
    maintenanceAt:
      'Jeden Tag, in {zone}: Abgelaufene Punkte werden entfernt, dann Tresore aufgeräumt und geprüft, wenn sie fällig sind.',
    checkEveryDays: 'Wie oft jeder Tresor durchgesehen wird.',
    pruneEveryDays: 'Wie oft Platz frei wird.',
    pruneGraceHours: 'So lange lässt es sich nach dem Aufräumen noch retten. Bei 0 wird es sofort gelöscht.',
    mostRuns: 'Sicherungen, Prüfungen und alle anderen Läufe zusammen.',
    mostRunsPerSource: 'Mehr lesen schneller und belasten die Quelle.',
    mostRunsPerVault: 'Mehr schreiben schneller und belasten die Platte.',
    logDays: 'Ältere Zeilen werden entfernt. Läufe und Wiederherstellungspunkte bleiben.',
    diskFreePercent: 'Auf der Platte eines Tresors.',
    sessionHours: 'Eine Sitzung endet nach so langer Zeit ohne Anfrage.',
    hosts:
      'Einer je Zeile, ohne https:// und Port. Ein Browser, der mit einem anderen anfragt, wird abgewiesen. Für diese wird das Zertifikat gemacht.',
  },
  range: '{least} bis {most}. Vorgabe: {normal}.',
  normal: 'Vorgabe: {normal}.',
  findZone: 'Zone suchen',
  reach: { loopback: 'Nur diesem Rechner', network: 'Dem Netzwerk' },
  reachText: {
    loopback: 'Die Vorgabe. Von anderswo nur durch einen Tunnel, etwa ssh -L.',
    network: 'Nur verschlüsselt (TLS), mit einem Zertifikat, das die Appliance für sich selbst macht.',
  },
  warning: {
    opens:
      'Dann erreichen alle im Netzwerk die Anmeldeseite. Browser warnen zuerst vor dem Zertifikat: Vergleichen Sie seinen Fingerabdruck mit dem, den die Appliance beim Start ausgibt.',
    closes: 'Ab dem nächsten Start erreicht niemand die Konsole von einem anderen Rechner.',
    'no-host': 'Es ist kein Name angegeben: Aus dem Netzwerk wäre die Konsole unter keinem erreichbar.',
    'locks-out':
      'Sie haben diese Seite unter {host} geöffnet, was nicht unter den Namen ist: Ab dem nächsten Start geht das nicht mehr.',
  },
  askReach: 'Ändern, wer die Konsole erreicht?',
  undo: 'Zurücknehmen',
  changed: '{label}: jetzt {is}, vorher {was}',
  needsRestart: 'Wer die Konsole erreicht, wurde geändert und gilt, sobald die Appliance neu gestartet ist.',
  restartSafety: 'Durch einen Neustart geht nichts verloren: Läufe werden angehalten und gehen danach weiter.',
  restartRemedy: 'Starten Sie ihn auf seinem Rechner neu, am besten, wenn kein Lauf läuft: systemctl restart holdfastd',
  toDelivery: 'Wohin Meldungen gesendet werden: Seite Meldungen',
  about: {
    title: 'Über',
    version: 'Version',
    host: 'Rechner',
    platform: 'System',
    dataFolder: 'Datenordner',
    startedAt: 'Gestartet',
    catalog: 'Katalog zuletzt in einem Tresor gespeichert',
  },
}
