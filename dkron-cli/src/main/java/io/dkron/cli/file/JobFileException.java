package io.dkron.cli.file;

import java.util.List;
import java.util.stream.Collectors;

/** Files do not hold jobs that can be taken. The message has a line for each fault. */
public final class JobFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Fault> faults;

    public JobFileException(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining(System.lineSeparator())));
        this.faults = List.copyOf(faults);
    }

    public List<Fault> faults() {
        return faults;
    }
}
