/** With what nobody sees made visible. */
export const visible = (label: string): string => label.replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00a0\u0000-\u001f]/g, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
