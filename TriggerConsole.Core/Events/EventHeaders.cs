using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace TriggerConsole.Core.Events;

/// <summary>The form in which <see cref="StoredEvent.Headers"/> keeps headers: UTF-8 JSON <c>[["name","value"],…]</c>.</summary>
public static class EventHeaders
{
    private static readonly byte[] s_none = "[]"u8.ToArray();

    /// <summary>Writes headers in their order. On the way of every request, so without a writer in between.</summary>
    public static byte[] Write(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (headers.Count == 0) return [.. s_none];

        var bound = 2;
        for (var i = 0; i < headers.Count; i++)
            bound = checked(bound + JsonText.MaxExpansion * (headers[i].Key.Length + headers[i].Value.Length) + 8);
        var buffer = ArrayPool<byte>.Shared.Rent(bound);
        var length = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            buffer[length++] = (byte)(i == 0 ? '[' : ',');
            buffer[length++] = (byte)'[';
            length += JsonText.WriteString(headers[i].Key, buffer.AsSpan(length));
            buffer[length++] = (byte)',';
            length += JsonText.WriteString(headers[i].Value, buffer.AsSpan(length));
            buffer[length++] = (byte)']';
        }
        buffer[length++] = (byte)']';
        var json = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return json;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; what is not of that form is left out, and nothing throws.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(ReadOnlySpan<byte> json)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (!Utf8.IsValid(json)) return headers;
        try
        {
            var reader = new Utf8JsonReader(json);
            string? name = null;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndArray) name = null;
                if (reader.TokenType != JsonTokenType.String || reader.CurrentDepth != 2) continue;
                var text = JsonText.Unescape(reader.ValueSpan);
                if (name is null) name = text;
                else headers.Add(new(name, text));
            }
        }
        catch (JsonException)
        {
            // What was read before the fault stays
        }
        return headers;
    }
}
