using System.Globalization;
using System.Text.Json;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Controls.Records;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Executions;

/// <summary>One part of a difference: outcome, request, response.</summary>
/// <param name="IsSame">Nothing differs in it.</param>
public sealed record DiffPart(string Title, IReadOnlyList<DiffLine> Lines, bool IsSame);

/// <summary>What differs between two attempts, in the order a reader asks: how it ended, what was sent, what came back.</summary>
internal static class AttemptDiff
{
    public static IReadOnlyList<DiffPart> Of(AttemptView before, AttemptView after, TriggerKind kind = TriggerKind.Http) =>
    [
        Part("Outcome", Outcome(before), Outcome(after)),
        kind == TriggerKind.Http ? Part("Request", Request(before), Request(after)) : Part("Message", Message(before, kind), Message(after, kind)),
        kind == TriggerKind.Http ? Part("Response", Response(before), Response(after)) : Part("Confirmation", Confirmation(before, kind), Confirmation(after, kind)),
    ];

    private static DiffPart Part(string title, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var lines = LineDiff.Of(before, after);
        var isSame = lines.All(l => l.Change == LineChange.Same);
        return new(title, isSame ? [] : LineDiff.Shorten(lines), isSame);
    }

    private static List<string> Outcome(AttemptView attempt)
    {
        List<string> lines = [attempt.Succeeded ? $"Succeeded: {Format.Code(attempt.Code)}" : $"Failed: {Format.Code(attempt.Code)}"];
        if (attempt.Detail is { } detail) lines.Add(detail);
        lines.Add($"Took {Format.Duration(attempt.DurationMs)}");
        return lines;
    }

    private static List<string> Request(AttemptView attempt)
    {
        if (RecordWords.ReadRequest(attempt.Request) is not { } http) return Json(attempt.Request, "Nothing was sent.");
        List<string> lines = [$"{http.Method} {http.Url}"];
        AddHeaders(lines, http.Headers, http.HeadersTruncated);
        AddBody(lines, http.Body, http.BodyEncoding, http.BodySize, http.BodyTruncated, RecordWords.ContentType(http.Headers));
        return lines;
    }

    private static List<string> Response(AttemptView attempt)
    {
        if (RecordWords.ReadResponse(attempt.Response) is not { } http) return Json(attempt.Response, "No answer was recorded.");
        List<string> lines = [];
        if (http.Status is { } status) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{status} {http.Reason}").TrimEnd());
        if (http.Status is null || http.Phase is not null) lines.Add(RecordWords.Broken(http.Phase, http.Status is not null));
        lines.AddRange(http.Redirects.Select(r => $"{r.Status} → {r.Url}"));
        AddHeaders(lines, http.Headers, http.HeadersTruncated);
        AddBody(lines, http.Body, http.BodyEncoding, http.BodySize, http.BodyTruncated, RecordWords.ContentType(http.Headers));
        return lines;
    }

    private static List<string> Message(AttemptView attempt, TriggerKind kind)
    {
        List<string> lines = [];
        if (kind == TriggerKind.Mqtt && RecordWords.ReadMqttRequest(attempt.Request) is { } mqtt)
        {
            lines.AddRange(MqttRecordWords.Lines(mqtt));
            AddBody(lines, mqtt.Body, mqtt.BodyEncoding, mqtt.BodySize, mqtt.BodyTruncated, mqtt.Properties.ContentType);
        }
        else if (kind == TriggerKind.Amqp && RecordWords.ReadAmqpRequest(attempt.Request) is { } amqp)
        {
            lines.AddRange(AmqpRecordWords.Lines(amqp));
            AddBody(lines, amqp.Body, amqp.BodyEncoding, amqp.BodySize, amqp.BodyTruncated, amqp.Properties.ContentType);
        }
        else return Json(attempt.Request, "Nothing was sent.");
        return lines;
    }

    private static List<string> Confirmation(AttemptView attempt, TriggerKind kind)
    {
        if (kind == TriggerKind.Mqtt && RecordWords.ReadMqttResponse(attempt.Response) is { } mqtt) return [.. MqttRecordWords.Lines(mqtt)];
        if (kind == TriggerKind.Amqp && RecordWords.ReadAmqpResponse(attempt.Response) is { } amqp) return [.. AmqpRecordWords.Lines(amqp)];
        return Json(attempt.Response, "Nothing came back.");
    }

    private static void AddHeaders(List<string> lines, IReadOnlyList<RecordedHeader> headers, bool truncated)
    {
        lines.AddRange(headers.Select(h => $"{h.Name}: {h.Value}"));
        if (truncated) lines.Add("… more headers than are kept");
    }

    private static void AddBody(List<string> lines, string? body, string encoding, long size, bool truncated, string? contentType)
    {
        if (string.IsNullOrEmpty(body)) return;
        var text = BodyText.Of(body, encoding == "base64", truncated, contentType);
        lines.Add("");
        lines.AddRange((text.Pretty is { } runs ? string.Concat(runs.Select(r => r.Text)) : text.Raw).Split('\n').Select(l => l.TrimEnd('\r')));
        if (truncated) lines.Add($"… only the beginning is kept, of {Format.Size(size)}");
    }

    // Records of other protocols, and those of versions that wrote them otherwise
    private static List<string> Json(JsonElement? record, string none) => record is { } json ? [.. JsonIndent.Apply(json.GetRawText()).Split('\n')] : [none];
}
