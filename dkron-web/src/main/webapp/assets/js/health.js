// What an answer of the readiness check says. Pure.

const WENT_BACK = 'the store went back in time';

/** The reasons why a server is not ready; none when it is. */
export function reasonsOf(health) {
    return (health.checks ?? []).filter((check) => check.status === 'DOWN')
        .flatMap((check) => String(check.data?.reason ?? check.name ?? '').split('; ')).filter((reason) => reason !== '');
}

/** The reason that says that the store went back in time; '' where none does, and where they are not known (null). */
export function rollbackOf(reasons) {
    return (reasons ?? []).find((reason) => reason.includes(WENT_BACK)) ?? '';
}
