using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Scheduling;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>
/// The value of one placeholder as UTF-8, and whether that is JSON. It points into the payload where it can; what has to be
/// made goes to the scratch space, or to a pooled array that <see cref="Dispose"/> gives back.
/// </summary>
internal ref struct PlaceholderValue(Span<byte> scratch)
{
    /// <summary>Enough for all values of fixed length.</summary>
    public const int ScratchSize = 256;

    private readonly Span<byte> _scratch = scratch;
    private ReadOnlySpan<byte> _bytes;
    private byte[]? _rented;
    private byte[]? _rentedForText;

    /// <summary>The value as it is; JSON when <see cref="IsJson"/>, else text.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    public bool IsMissing { get; private set; }

    public bool IsJson { get; private set; }

    public bool IsDefault { get; private set; }

    /// <summary>The payload as a whole, which as text stays as it was sent.</summary>
    private bool IsWhole { get; set; }

    /// <summary>Reads the value, or the default when there is none.</summary>
    public void Read(Placeholder placeholder, TemplateScope scope)
    {
        var attempt = scope.Attempt;
        var content = attempt.Event;
        switch (placeholder.Kind)
        {
            case PlaceholderKind.Timestamp: SetTime(attempt.Now); break;
            case PlaceholderKind.Uuid: Set(Guid.NewGuid()); break;
            case PlaceholderKind.CallbackId: Set(content.Stored.CallbackId); break;
            case PlaceholderKind.EventId: Set(content.Stored.Id); break;
            case PlaceholderKind.ExecutionId: Set(attempt.ExecutionId); break;
            case PlaceholderKind.TriggerId: Set(attempt.TriggerId); break;
            case PlaceholderKind.UserId: Set(content.Stored.Actor); break;
            case PlaceholderKind.EventType: Set(content.Stored.EventType); break;
            case PlaceholderKind.Attempt: SetNumber(attempt.Attempt); break;
            case PlaceholderKind.ScheduleId: Set(ScheduleHeaders.Find(content, ScheduleHeaders.Id)); break;
            case PlaceholderKind.ScheduleName: Set(ScheduleHeaders.Find(content, ScheduleHeaders.Name)); break;
            case PlaceholderKind.DueAt: Set(ScheduleHeaders.Find(content, ScheduleHeaders.DueAt)); break;
            case PlaceholderKind.Payload: SetPayload(content.Parsed); break;
            case PlaceholderKind.PayloadPath: Set(placeholder.Path.Resolve(content.Parsed.Value, content.Parsed.IsConverted)); break;
            case PlaceholderKind.Header: Set(content.Header(placeholder.Name)); break;
            case PlaceholderKind.Query: Set(content.Query(placeholder.Name)); break;
            case PlaceholderKind.Variable: Set(content.VariableValue(placeholder.Name)); break;
            case PlaceholderKind.Environment: Set(scope.Rules.Environment.Find(placeholder.Name)); break;
            case PlaceholderKind.Secret: Set(scope.Rules.Secrets.Find(placeholder.Name)); break;
            default: throw new System.Diagnostics.UnreachableException($"Unhandled placeholder {placeholder.Kind}.");
        }
        if (IsMissing) UseDefault(placeholder);
    }

    /// <summary>Takes the default, if there is one.</summary>
    public void UseDefault(Placeholder placeholder)
    {
        IsMissing = placeholder.Default is null;
        IsDefault = !IsMissing;
        IsJson = false;
        _bytes = placeholder.Default?.Text;
    }

    /// <summary>
    /// The value as text: strings as they are, objects and lists as compact JSON, other JSON as it is; the whole payload as
    /// it was sent, or compact where <paramref name="onOneLine"/> leaves no room for its line breaks.
    /// </summary>
    public ReadOnlySpan<byte> AsText(bool onOneLine)
    {
        if (!IsJson || IsWhole && !onOneLine) return _bytes;
        if (!IsWhole && _bytes[0] == '"')
        {
            var inside = _bytes[1..^1];
            return inside.Contains((byte)'\\') ? Room(inside.Length, out var plain)[..JsonText.Unescape(inside, plain)] : inside;
        }
        return JsonText.MayHaveWhitespace(_bytes) ? Room(_bytes.Length, out var compact)[..JsonText.Compact(_bytes, compact)] : _bytes;
    }

    public readonly void Dispose()
    {
        // A secret may be in it
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented, clearArray: true);
        if (_rentedForText is not null) ArrayPool<byte>.Shared.Return(_rentedForText);
    }

    private void SetPayload(ParsedPayload payload)
    {
        IsMissing = payload.Size == 0;
        IsJson = payload.IsJson;
        IsWhole = true;
        if (payload.Size > TemplateLimits.MaxOutputBytes) Utf8Output.ThrowTooLong();
        _bytes = IsJson ? JsonMarshal.GetRawUtf8Value(payload.Value) : payload.Text.Span;
    }

    private void Set(JsonElement value)
    {
        IsMissing = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        IsJson = !IsMissing;
        _bytes = IsMissing ? default : JsonMarshal.GetRawUtf8Value(value);
    }

    private void Set(string? text)
    {
        IsMissing = text is null;
        if (text is null) return;
        // Scratch must not be asked for again by AsText: this is text already
        var bound = Encoding.UTF8.GetMaxByteCount(text.Length);
        var room = bound <= _scratch.Length ? _scratch : _rented = ArrayPool<byte>.Shared.Rent(bound);
        _bytes = room[..Encoding.UTF8.GetBytes(text, room)];
    }

    private void Set(Guid? id)
    {
        IsMissing = id is null;
        if (id is null) return;
        id.Value.TryFormat(_scratch, out var length);
        _bytes = _scratch[..length];
    }

    private void SetNumber(int number)
    {
        IsJson = true;
        number.TryFormat(_scratch, out var length, default, CultureInfo.InvariantCulture);
        _bytes = _scratch[..length];
    }

    private void SetTime(DateTimeOffset time)
    {
        // "2026-01-31T08:15:30.2500000Z": the round-trip form is fast; cut to milliseconds
        const int ThroughMilliseconds = 23;
        time.UtcDateTime.TryFormat(_scratch, out _, "O", CultureInfo.InvariantCulture);
        _scratch[ThroughMilliseconds] = (byte)'Z';
        _bytes = _scratch[..(ThroughMilliseconds + 1)];
    }

    private Span<byte> Room(int size, out Span<byte> room)
    {
        room = size <= _scratch.Length ? _scratch : _rentedForText = ArrayPool<byte>.Shared.Rent(size);
        return room;
    }
}
