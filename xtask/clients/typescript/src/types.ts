/** Whether two types are the same; `any` and `unknown` are the same as nothing but themselves. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the type is true. */
export function holds<_ extends true>(): void {}
