import type { Messages } from '../en/messages.ts'

export const burnt: Messages['burnt'] = {
  description:
    'Was sich wiederherstellen ließe, wenn dieser Computer mit all seinen Platten jetzt weg wäre. Nur Vaults in S3 zählen: Ein Ordner kann auf einer Platte dieses Computers liegen.',
  set: 'Backup-Set',
  in: 'In {vault}',
  left: 'Bliebe übrig',
  offSite: 'Neuester Punkt anderswo',
  newest: 'Neuester Punkt',
  lost: 'Wäre verloren',
  none: 'Keiner',
  state: {
    empty: 'Noch nicht gesichert',
    nothing: 'Nichts',
    older: 'Ein älterer Stand',
    newest: 'Der neueste Stand',
  },
  lostNothing: 'Nichts',
  lostPoints: '{n} älterer Punkt | {n} ältere Punkte',
  lostAll: 'Der einzige Wiederherstellungspunkt | Alle {n} Wiederherstellungspunkte',
  lostSince: 'Die letzten {time}: {n} Punkt | Die letzten {time}: {n} Punkte',
  waiting: '{bytes} warten darauf, gesendet zu werden.',
  howTo:
    'Um anderswo wiederherzustellen, genügt das Notfallblatt des Vaults: Damit liest Holdfast auf einem anderen Computer, oder restic, was in der Cloud ist.',
  noSets: 'Es gibt noch kein Backup-Set.',
  noSetsText: 'Sobald etwas gesichert ist, steht hier, wie viel davon übrig bliebe.',
  sets: '{n} Backup-Set | {n} Backup-Sets',
  open: 'Welche',
}
