/** VMware's "Virtual Disk Format 5.0", section "The Descriptor File": sizes are told in sectors. */
const SECTOR_BYTES = 512

/** A piece of a disk that is a file of plain bytes. */
export interface FlatExtent {
  /** Relative to the descriptor's folder. Without quotes and ends of lines. */
  readonly path: string
  /** Bytes: whole sectors. */
  readonly bytes: number
}

/**
 * The descriptor of a disk whose extents follow one another. The same extents give the same text: its content id says
 * nothing, as no other disk is based on this one.
 */
export function formatFlatDescriptor(extents: readonly FlatExtent[]): string {
  const lines = extents.map(({ path, bytes }) => {
    if (bytes % SECTOR_BYTES !== 0 || /["\n\r]/.test(path)) throw new RangeError(`no extent can be ${path}, ${bytes}`)
    return `RW ${bytes / SECTOR_BYTES} FLAT "${path}" 0`
  })
  return [
    '# Disk DescriptorFile',
    'version=1',
    'CID=fffffffe',
    'parentCID=ffffffff',
    'createType="twoGbMaxExtentFlat"',
    '',
    // Directly behind an empty line, qemu takes the first extent twice.
    '# Extent description',
    ...lines,
    '',
    '# The Disk Data Base',
    '#DDB',
    '',
    'ddb.virtualHWVersion = "4"',
    'ddb.adapterType = "lsilogic"',
    '',
  ].join('\n')
}
