using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Controls.Records;
using TriggerConsole.Core.Events;

namespace TriggerConsole.Components.Pages.Executions;

/// <summary>How a stored payload can be edited.</summary>
internal enum DraftKind
{
    /// <summary>Checked while it is typed, and only sent when it is valid.</summary>
    Json,
    Text,
    Binary,
    TooLarge,
}

/// <summary>A stored payload being changed for a replay.</summary>
internal sealed class PayloadDraft
{
    /// <summary>More is no fun to edit in a browser, and each change travels to the server.</summary>
    public const int MostBytes = 256 * 1024;

    private readonly string _original;

    private PayloadDraft(DraftKind kind, string text) => (Kind, Text, _original) = (kind, text, text);

    public DraftKind Kind { get; }

    public string Text { get; private set; }

    public bool IsEditable => Kind is DraftKind.Json or DraftKind.Text;

    public bool IsChanged => Text != _original;

    /// <summary>What is wrong with the text, in a sentence; null when it can be sent.</summary>
    public string? Problem { get; private set; }

    /// <summary>Why it cannot be edited; null when it can.</summary>
    public string? WhyNot => Kind switch
    {
        DraftKind.Binary => "This payload is binary, so it cannot be edited as text. Replay sends it again as it is.",
        DraftKind.TooLarge => $"This payload is larger than {Format.Size(MostBytes)}, too large to edit here. Replay sends it again as it is; the API takes an edited one of any size.",
        _ => null,
    };

    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    public static PayloadDraft Of(byte[] body)
    {
        if (body.Length > MostBytes) return new(DraftKind.TooLarge, "");
        if (!Utf8.IsValid(body) || body.AsSpan().IndexOf((byte)0) >= 0) return new(DraftKind.Binary, "");
        var text = Encoding.UTF8.GetString(body);
        // By what it is, not by what it is called: senders call much JSON a form or nothing at all
        if (JsonParsing.TryParse(body).ValueKind == JsonValueKind.Undefined) return new(DraftKind.Text, text);
        return new(DraftKind.Json, text.Contains('\n', StringComparison.Ordinal) ? text : JsonIndent.Apply(text));
    }

    public void Change(string? text)
    {
        // Browsers give lines of a text area with \n alone
        Text = text ?? "";
        Problem = Bytes.Length > MostBytes ? $"This is larger than {Format.Size(MostBytes)}. Shorten it." : Kind == DraftKind.Json ? FaultOf(Text) : null;
    }

    /// <summary>Arranges valid JSON anew.</summary>
    public void Arrange()
    {
        if (Kind == DraftKind.Json && Problem is null) Text = JsonIndent.Apply(Text);
    }

    private static string? FaultOf(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "The payload is empty. Write a JSON value, for example {}.";
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            using var document = JsonDocument.Parse(bytes, new() { MaxDepth = JsonParsing.MaxDepth });
            return null;
        }
        catch (JsonException exception)
        {
            var line = (int)(exception.LineNumber ?? 0);
            var lines = text.Split('\n');
            // The reader counts bytes, people characters
            var written = Encoding.UTF8.GetBytes(lines[Math.Min(line, lines.Length - 1)]);
            var column = Encoding.UTF8.GetCharCount(written.AsSpan(0, (int)Math.Min(exception.BytePositionInLine ?? 0, written.Length)));
            return $"This is not valid JSON: see line {line + 1}, character {column + 1}.";
        }
    }
}
