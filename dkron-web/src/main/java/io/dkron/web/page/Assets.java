package io.dkron.web.page;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The dashboard's files, read once and kept in memory: about 100 kB. They are served below a hash of all of them, so
 * that a browser may keep them for ever and a new version never meets an old file. Safe from any thread.
 */
@ApplicationScoped
public class Assets {
    private static final String ROOT = "/assets/";
    private static final int HASH_DIGITS = 12;

    @Inject
    private ServletContext context;

    @Inject
    private Words words;

    private final Map<String, Asset> files = new TreeMap<>();
    private String hash = "";

    @PostConstruct
    void load() {
        read(ROOT);
        for (String language : Words.LANGUAGES) {
            String module = words.module(language).orElseThrow();
            String name = wordsModule(language);
            files.put(name, Asset.of(name, module.getBytes(StandardCharsets.UTF_8)));
        }
        hash = hashOf(files);
    }

    private void read(String folder) {
        Set<String> paths = context.getResourcePaths(folder);
        for (String path : paths == null ? Set.<String>of() : paths) {
            if (path.endsWith("/")) {
                read(path);
            } else {
                String name = path.substring(ROOT.length());
                files.put(name, Asset.of(name, bytes(path)));
            }
        }
    }

    private byte[] bytes(String path) {
        try (InputStream in = context.getResourceAsStream(path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String hashOf(Map<String, Asset> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.forEach((name, asset) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(asset.plain());
            });
            return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }

    /** The folder under which they are served now. */
    public String hash() {
        return hash;
    }

    /** The file with that path below the hash. */
    public Optional<Asset> find(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /** The scripts a page will need, to be fetched at once instead of one after the other. */
    public List<String> modules(String language, Route.Page page) {
        List<String> others = List.of("overview", "jobs", "job", "run", "members", "editor", "reference").stream()
                .filter(name -> !name.equals(page.text()))
                .map(name -> "js/" + name + ".js")
                .toList();
        return files.keySet().stream()
                .filter(name -> name.startsWith("js/") || name.equals(wordsModule(language)))
                .filter(name -> !others.contains(name))
                .filter(name -> page == Route.Page.EDITOR || !name.startsWith("js/editor-"))
                .filter(name -> page == Route.Page.REFERENCE || !name.startsWith("js/reference-"))
                .toList();
    }

    private static String wordsModule(String language) {
        return "words/" + language + ".js";
    }
}
