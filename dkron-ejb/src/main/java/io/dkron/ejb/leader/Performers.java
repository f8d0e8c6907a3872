package io.dkron.ejb.leader;

import io.dkron.core.engine.Effect;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Who performs which kind of effect. Built once; then read by the engine's thread only. */
public final class Performers {
    private final Map<Class<?>, Consumer<Effect>> byKind = new HashMap<>();

    /** Effects of this kind go there; must return at once, since the engine's thread calls it. */
    public <E extends Effect> Performers on(Class<E> kind, Consumer<? super E> performer) {
        byKind.put(kind, effect -> performer.accept(kind.cast(effect)));
        return this;
    }

    /** @throws IllegalStateException when a kind of effect has no performer */
    public Performers complete() {
        for (Class<?> kind : Effect.class.getPermittedSubclasses()) {
            if (!byKind.containsKey(kind)) {
                throw new IllegalStateException("nobody performs " + kind.getSimpleName());
            }
        }
        return this;
    }

    void perform(Effect effect) {
        byKind.get(effect.getClass()).accept(effect);
    }
}
