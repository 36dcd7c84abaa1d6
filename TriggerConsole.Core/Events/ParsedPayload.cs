using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TriggerConsole.Core.Events;

/// <summary>What a payload turned out to be. Immutable but for a text that is made on first use.</summary>
internal sealed class ParsedPayload
{
    /// <summary>Larger ones are carried, but not looked into.</summary>
    public const int MaxParsedBytes = 16 * 1024 * 1024;

    private readonly ReadOnlyMemory<byte> _body;
    private volatile TextBox? _text;

    private ParsedPayload(ReadOnlyMemory<byte> body, JsonElement value, bool isJson)
    {
        _body = body;
        Value = value;
        IsJson = isJson;
    }

    /// <summary>See <see cref="EventContent.Payload"/>.</summary>
    public JsonElement Value { get; }

    /// <summary>The payload itself is JSON; else <see cref="Value"/> was made from a form or from XML, or is undefined.</summary>
    public bool IsJson { get; }

    /// <summary>Made from a form or XML, where one value and a list of one look the same.</summary>
    public bool IsConverted => !IsJson && Value.ValueKind != JsonValueKind.Undefined;

    /// <summary>In bytes.</summary>
    public int Size => _body.Length;

    /// <summary>The payload as text, without a byte order mark; one that is not UTF-8 is base64 (RFC 4648, section 4).</summary>
    public ReadOnlyMemory<byte> Text => (_text ??= new(Utf8.IsValid(_body.Span) ? _body : ToBase64(_body.Span))).Value;

    public static ParsedPayload Of(StoredEvent stored)
    {
        var body = stored.Body.AsMemory();
        if (body.Span.StartsWith(Encoding.UTF8.Preamble)) body = body[Encoding.UTF8.Preamble.Length..];
        if (body.IsEmpty || body.Length > MaxParsedBytes) return new(body, default, isJson: false);

        var media = MediaKinds.Of(stored.ContentType);
        var first = body.Span.TrimStart(" \t\r\n"u8) is [var b, ..] ? b : (byte)0;
        if (media is MediaKind.Json or MediaKind.Unnamed || first is (byte)'{' or (byte)'[')
        {
            var json = JsonParsing.TryParse(body);
            if (json.ValueKind != JsonValueKind.Undefined) return new(body, json, isJson: true);
        }
        return new(body, media switch
        {
            MediaKind.Form => FromForm(body.Span),
            MediaKind.Xml => XmlPayload.TryRead(stored.Body),
            MediaKind.Unnamed when first == '<' => XmlPayload.TryRead(stored.Body),
            _ => default,
        }, isJson: false);
    }

    private static JsonElement FromForm(ReadOnlySpan<byte> body)
        => Utf8.IsValid(body) && FormFields.Read(Encoding.UTF8.GetString(body)) is { Count: > 0 } fields ? FormFields.ToJson(fields) : default;

    private static byte[] ToBase64(ReadOnlySpan<byte> body)
    {
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(body.Length)];
        Base64.EncodeToUtf8(body, text, out _, out _);
        return text;
    }

    private sealed record TextBox(ReadOnlyMemory<byte> Value);
}
