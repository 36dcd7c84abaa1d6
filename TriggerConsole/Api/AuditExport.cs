using System.Globalization;
using System.Text;
using System.Text.Json;
using TriggerConsole.Core;
using TriggerConsole.Core.Audit;

namespace TriggerConsole.Api;

/// <summary>Writes entries of the audit log as they are read, one to a line.</summary>
internal static class AuditExport
{
    /// <summary>One JSON object to a line, as the API shows an entry.</summary>
    public const string NdJson = "ndjson";

    /// <summary>For spreadsheets (RFC 4180).</summary>
    public const string Csv = "csv";

    private const int FlushEvery = 200;
    private const string Head = "sequence,at,actorKind,actorId,actor,address,action,outcome,subjectKind,subjectId,subject,before,after,detail,count,node,hash";

    public static string TypeOf(string format) => format == Csv ? "text/csv; charset=utf-8" : "application/x-ndjson";

    public static async Task WriteAsync(IAsyncEnumerable<AuditEntryView> entries, string format, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var isCsv = format == Csv;
        if (isCsv) await writer.WriteAsync($"{Head}\r\n");
        var written = 0;
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync(isCsv ? $"{Line(entry)}\r\n" : $"{JsonSerializer.Serialize(entry, CoreJson.Options)}\n");
            if (++written % FlushEvery == 0) await writer.FlushAsync(cancellationToken);
        }
        await writer.FlushAsync(cancellationToken);
    }

    /// <summary>One cell: quoted when it must be, and with an apostrophe before what a spreadsheet would take for a formula (CWE-1236).</summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n'") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static string Line(AuditEntryView e) => string.Join(',', ((string?[])
    [
        Number(e.Sequence), e.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), e.Actor.Kind.ToString(), e.Actor.Id, e.Actor.Name, e.Actor.Address, e.Action, e.Outcome.ToString(),
        e.Subject.Kind, e.Subject.Id, e.Subject.Name, e.Before?.GetRawText(), e.After?.GetRawText(), e.Detail, Number(e.Count), e.Node, e.Hash,
    ]).Select(Cell));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
