// A text can be larger than a message of a circuit: it is sent as a stream.
export const textOf = area => new Blob([area.value]);

export const clear = area => { area.value = ""; };
