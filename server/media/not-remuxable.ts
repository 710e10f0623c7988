/** The bytes cannot be put into an M4A as they are. */
export class NotRemuxable extends Error {
  override readonly name = 'NotRemuxable';
}
