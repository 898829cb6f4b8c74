package io.sightline.gateway.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** The live page's files, from the program's own resources: read, hashed and compressed once. Holds no data. */
final class PageFiles implements Endpoint {
    private static final String FOLDER = "/page/";
    private static final int HASH_CHARACTERS = 32;

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private static final Pattern GZIP = Pattern.compile("\\bgzip\\b(?!\\s*;\\s*q=0)");

    /** A closed list: no path from outside is ever made into a resource's name. */
    private static final List<String> NAMES = List.of(
            "index.html",
            "icon.svg",
            "style.css",
            "app.js",
            "api.js",
            "chart.js",
            "dom.js",
            "asof.js",
            "history.js",
            "latest.js",
            "live.js",
            "model.js",
            "now.js",
            "place.js",
            "trust.js");

    private final Map<String, PageFile> files = new LinkedHashMap<>();

    private record PageFile(String type, String tag, byte[] plain, byte[] gzip) {}

    PageFiles() {
        for (String name : NAMES) {
            files.put(name.equals("index.html") ? "/" : "/" + name, read(name));
        }
    }

    private static PageFile read(String name) {
        try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
            byte[] plain = Objects.requireNonNull(in, name).readAllBytes();
            ByteArrayOutputStream gzip = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
                out.write(plain);
            }
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(plain))
                    .substring(0, HASH_CHARACTERS);
            String type = Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), name);
            return new PageFile(type, '"' + hash + '"', plain, gzip.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void serve(Exchange exchange) {
        PageFile file = files.get(Request.getPathInContext(exchange.request()));
        if (file == null) {
            throw HttpProblem.notFound();
        }
        HttpFields asked = exchange.request().getHeaders();
        HttpFields.Mutable headers = exchange.response().getHeaders();
        // Asked for again each time, and then mostly answered with 304: a new version is there at once.
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        headers.put(HttpHeader.ETAG, file.tag());
        headers.put(HttpHeader.VARY, "Accept-Encoding");
        if (asked.getValuesList(HttpHeader.IF_NONE_MATCH).contains(file.tag())) {
            exchange.response().setStatus(304);
            exchange.response().write(true, ByteBuffer.allocate(0), exchange.callback());
            return;
        }
        String encodings = asked.get(HttpHeader.ACCEPT_ENCODING);
        boolean compressed = encodings != null && GZIP.matcher(encodings).find();
        if (compressed) {
            headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
        }
        exchange.sendText(file.type(), compressed ? file.gzip() : file.plain());
    }

    /** All of the page, in bytes as they go over the wire. */
    int compressedBytes() {
        return files.values().stream().mapToInt(file -> file.gzip().length).sum();
    }
}
