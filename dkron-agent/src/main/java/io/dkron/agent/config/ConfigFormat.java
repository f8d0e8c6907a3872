package io.dkron.agent.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** A form of file, and how its text becomes maps, lists and plain values. */
enum ConfigFormat {
    JSON {
        @Override
        Map<?, ?> parse(Path path, Reader reader) throws IOException, ConfigFileException {
            try (JsonParser parser = new JsonFactory().createParser(reader)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new ConfigFileException(path + ": must be a JSON object");
                }
                Map<?, ?> map = object(parser);
                if (parser.nextToken() != null) {
                    throw new ConfigFileException(path + ":"
                            + parser.currentTokenLocation().getLineNr() + ": text after the end of the object");
                }
                return map;
            } catch (JsonProcessingException e) {
                throw new ConfigFileException(
                        path + ":" + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
            }
        }
    },
    TOML {
        @Override
        Map<?, ?> parse(Path path, Reader reader) throws IOException, ConfigFileException {
            TomlParseResult result = Toml.parse(reader);
            if (result.hasErrors()) {
                var first = result.errors().get(0);
                throw new ConfigFileException(path + ":" + first.position().line() + ": " + first.getMessage(), first);
            }
            return table(result);
        }
    },
    YAML {
        @Override
        Map<?, ?> parse(Path path, Reader reader) throws ConfigFileException {
            try {
                Object value = new Load(
                                LoadSettings.builder().setLabel(path.toString()).build())
                        .loadFromReader(reader);
                if (value == null) {
                    return Map.of();
                }
                if (value instanceof Map<?, ?> map) {
                    return map;
                }
                throw new ConfigFileException(path + ": must be keys and values");
            } catch (MarkedYamlEngineException e) {
                String line = e.getProblemMark()
                        .map(mark -> ":" + (mark.getLine() + 1))
                        .orElse("");
                throw new ConfigFileException(path + line + ": " + e.getProblem(), e);
            } catch (YamlEngineException e) {
                throw new ConfigFileException(path + ": " + e.getMessage(), e);
            }
        }
    },
    PROPERTIES {
        @Override
        Map<?, ?> parse(Path path, Reader reader) throws IOException, ConfigFileException {
            Properties properties = new Properties();
            try {
                properties.load(reader);
            } catch (IllegalArgumentException e) {
                throw new ConfigFileException(path + ": " + e.getMessage(), e);
            }
            return properties;
        }
    };

    abstract Map<?, ?> parse(Path path, Reader reader) throws IOException, ConfigFileException;

    /** By the file's ending. */
    static ConfigFormat of(Path path) throws ConfigFileException {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "json" -> JSON;
            case "toml" -> TOML;
            case "yaml", "yml" -> YAML;
            case "properties" -> PROPERTIES;
            default ->
                throw new ConfigFileException(path + ": must end in one of ." + String.join(", .", ConfigFile.ENDINGS));
        };
    }

    Map<?, ?> read(Path path) throws ConfigFileException {
        try (Reader reader = Files.newBufferedReader(path)) {
            return parse(path, reader);
        } catch (NoSuchFileException e) {
            throw new ConfigFileException(path + ": there is no such file", e);
        } catch (IOException e) {
            throw new ConfigFileException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            map.put(key, value(parser));
        }
        return map;
    }

    private static Object value(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            return object(parser);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(parser));
            }
            return list;
        }
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : parser.getText();
    }

    private static Map<String, Object> table(TomlTable table) {
        Map<String, Object> map = new LinkedHashMap<>();
        table.keySet().forEach(key -> map.put(key, plain(table.get(List.of(key)))));
        return map;
    }

    private static Object plain(Object value) {
        if (value instanceof TomlTable table) {
            return table(table);
        }
        return value instanceof TomlArray array
                ? array.toList().stream().map(ConfigFormat::plain).toList()
                : value;
    }
}
