package io.dkron.ejb.wiring;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.EngineSettings;
import io.dkron.core.engine.LeaderEngine;
import io.dkron.core.engine.NoticeRules;
import io.dkron.core.engine.Timetable;
import io.dkron.core.store.Layout;
import io.dkron.ejb.leader.EngineLoop;
import io.dkron.ejb.notify.Channels;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes a leader's engine from the settings. */
final class Engines {
    private Engines() {}

    static EngineLoop.Brain leader(Settings settings, String node, Layout layout, Timetable.Factory timetables) {
        EngineSettings defaults = EngineSettings.of(node);
        EngineSettings wanted = new EngineSettings(
                node,
                settings.string(Setting.REGION),
                settings.integer(Setting.EXECUTIONS_KEPT),
                settings.duration(Setting.MISFIRE_GRACE),
                defaults.onTime(),
                defaults.dispatchFor(),
                settings.duration(Setting.AGENT_LOST_AFTER),
                defaults.processFor(),
                (int) settings.bytes(Setting.OUTPUT_LIMIT),
                defaults.batchWrites(),
                defaults.batchBytes(),
                NoticeRules.NONE.on(Channels.of(settings)));
        RandomGenerator random = RandomGenerator.getDefault();
        LeaderEngine engine = new LeaderEngine(
                wanted, layout, timetables, random, () -> UUID.randomUUID().toString());
        return engine::step;
    }
}
