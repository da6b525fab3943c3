const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True of what can be an id; a name of this form can still be found by its own id. */
export const isId = (text: string): boolean => UUID.test(text);
