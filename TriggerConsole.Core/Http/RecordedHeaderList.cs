using System.Net.Http.Headers;
using System.Text.Json;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Http;

/// <summary>Writes header pairs of a record, credentials masked, until there are enough, and says at the end when some are missing.</summary>
internal ref struct RecordedHeaderList
{
    private const int MaxHeaders = 100;
    private const int MaxNameLength = 200;
    private const int MaxValueLength = 2048;
    private const int MaxCharacters = 16 * 1024;

    private readonly Utf8JsonWriter _json;
    private readonly SecretMasker _masker;
    private int _count;
    private int _characters;
    private bool _truncated;

    public RecordedHeaderList(Utf8JsonWriter json, SecretMasker masker)
    {
        (_json, _masker) = (json, masker);
        json.WriteStartArray("headers"u8);
    }

    public void Add(string name, string value)
    {
        if (_count >= MaxHeaders || _characters >= MaxCharacters) { _truncated = true; return; }
        _truncated |= name.Length > MaxNameLength || value.Length > MaxValueLength;
        (name, value) = (RecordWriter.Cut(name, MaxNameLength), RecordWriter.Cut(value, MaxValueLength));
        _json.WriteStartArray();
        _json.WriteStringValue(name);
        _json.WriteStringValue(value);
        _json.WriteEndArray();
        _count++;
        _characters += name.Length + value.Length;
    }

    /// <summary>Credentials are masked by their place, whatever their value; a scheme (<c>Bearer</c>) stays.</summary>
    public void AddOfRequest(string name, string value, bool isCredential)
    {
        if (!isCredential)
        {
            Add(name, _masker.MaskText(value));
            return;
        }
        var scheme = name.EndsWith("Authorization", StringComparison.OrdinalIgnoreCase) ? value.IndexOf(' ') : -1;
        Add(name, scheme > 0 ? value[..(scheme + 1)] + SecretMasker.Mask : SecretMasker.Mask);
    }

    public void AddOfAnswer(HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated)
            foreach (var value in values)
                Add(_masker.MaskText(name), AnswerValue(name, value));
    }

    public readonly void End()
    {
        _json.WriteEndArray();
        if (_truncated) _json.WriteBoolean("headersTruncated"u8, true);
    }

    // Set-Cookie: "id=value; Path=/": the value is as good as a password, the rest helps
    private readonly string AnswerValue(string name, string value)
    {
        if (!name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) return _masker.MaskText(value);
        var start = value.IndexOf('=') + 1;
        var end = value.IndexOf(';', start);
        return _masker.MaskText(value[..start] + SecretMasker.Mask + (end < 0 ? "" : value[end..]));
    }
}
