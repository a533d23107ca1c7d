/**
 * Formats and wires of others, without a word of this product.
 *
 * - **Descriptor** (`vmdk`): the text that says of which files a virtual disk consists.
 */
export { type FlatExtent, formatFlatDescriptor } from './vmdk/flat-descriptor.ts'
