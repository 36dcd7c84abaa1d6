using System.Text;
using System.Text.Json;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>A signed token taken apart (RFC 7515 section 7.1), before anything in it is believed.</summary>
/// <param name="Header">Members of its header.</param>
/// <param name="Payload">Its claims, not read yet: only what is signed by the right one is worth reading.</param>
/// <param name="Signed">The bytes that are signed.</param>
internal sealed record JwtParts(Dictionary<string, JsonElement> Header, byte[] Payload, byte[] Signed, byte[] Signature)
{
    private const int MaxDepth = 6;

    private static readonly JsonReaderOptions s_json = new() { MaxDepth = MaxDepth, AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Null when it is none.</summary>
    public static JwtParts? Of(string token)
    {
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');
        // Exactly three parts: five would be an encrypted token, two one without signature
        if (first <= 0 || last == first || token.AsSpan(first + 1, last - first - 1).Contains('.')) return null;
        if (Base64UrlText.Decode(token.AsSpan(0, first)) is not { } header || Base64UrlText.Decode(token.AsSpan(first + 1, last - first - 1)) is not { } payload
            || Base64UrlText.Decode(token.AsSpan(last + 1)) is not { } signature)
            return null;
        return Object(header) is { } members ? new(members, payload, Encoding.ASCII.GetBytes(token, 0, last), signature) : null;
    }

    // RFC 7519 section 4.1.3: one text or a list of them
    public static bool IsFor(Dictionary<string, JsonElement> claims, string audience)
    {
        if (!claims.TryGetValue("aud", out var value)) return false;
        if (value.ValueKind == JsonValueKind.Array) return value.EnumerateArray().Any(v => v.ValueKind == JsonValueKind.String && v.ValueEquals(audience));
        return value.ValueKind == JsonValueKind.String && value.ValueEquals(audience);
    }

    public static string? Text(Dictionary<string, JsonElement> members, string name)
        => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // NumericDate (RFC 7519 section 2): seconds, perhaps with a fraction
    public static DateTimeOffset? Time(Dictionary<string, JsonElement> members, string name)
        => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>The members of a JSON object; null when it is none, or names one of them twice (RFC 7519 section 4 lets readers refuse that, and two readers that choose differently are an attack).</summary>
    public static Dictionary<string, JsonElement>? Object(byte[] utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, s_json);
            if (!JsonElement.TryParseValue(ref reader, out var parsed) || parsed is not { ValueKind: JsonValueKind.Object } root || reader.Read()) return null;
            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in root.EnumerateObject())
            {
                if (!members.TryAdd(member.Name, member.Value)) return null;
                if (member.Value.ValueKind == JsonValueKind.String) _ = member.Value.GetString(); // throws here and not later
            }
            return members;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or names and texts that are no Unicode
        }
    }
}
