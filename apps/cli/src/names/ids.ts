const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Returns true when the text has the form of an id. */
export const isId = (text: string): boolean => UUID.test(text);
