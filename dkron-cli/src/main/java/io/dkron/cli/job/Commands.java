package io.dkron.cli.job;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import picocli.CommandLine;

/** Makes commands: those of this room get their surroundings, others are made as picocli makes them. */
public final class Commands implements CommandLine.IFactory {
    private final CommandLine.IFactory others = CommandLine.defaultFactory();
    private final Surroundings surroundings;

    public Commands(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (!ApiCommand.class.isAssignableFrom(type)) {
            return others.create(type);
        }
        Constructor<K> constructor = type.getDeclaredConstructor(Surroundings.class);
        try {
            return constructor.newInstance(surroundings);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("cannot make " + type.getName(), e.getCause());
        }
    }
}
