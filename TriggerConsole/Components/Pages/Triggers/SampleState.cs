using System.Text.Json;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>What a preview or test is made with: the built-in sample, JSON that someone typed, or a stored event.</summary>
public sealed class SampleState
{
    public const string BuiltIn = """
        {
          "event": "order.created",
          "order": {
            "id": 42,
            "total": 99.5,
            "currency": "EUR",
            "items": [
              { "sku": "A-100", "quantity": 2 }
            ]
          },
          "customer": {
            "name": "Ana",
            "email": "ana@example.com"
          }
        }
        """;

    public SampleState() => SetText(BuiltIn);

    /// <summary>The JSON to be sent; of a stored event, what can be shown of its payload.</summary>
    public string Text { get; private set; } = "";

    /// <summary>What is wrong with the JSON; the last one that was right stays in use.</summary>
    public FieldError? Error { get; private set; }

    /// <summary>Null when a stored event is used as it is.</summary>
    public JsonElement? Payload { get; private set; }

    public Guid? EventId { get; private set; }

    public bool IsOwn => EventId is null && Text != BuiltIn;

    /// <summary>The payload for completion; undefined when it is no JSON, form or XML.</summary>
    public JsonElement Value { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private set; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Query { get; private set; } = [];

    public void SetText(string text)
    {
        (Text, EventId, Headers, Query) = (text, null, [], []);
        try
        {
            using var document = JsonDocument.Parse(text, new() { MaxDepth = 64 });
            Value = document.RootElement.Clone();
            (Payload, Error) = (Value, null);
        }
        catch (JsonException exception)
        {
            Error = new("payload", "This is not valid JSON.") { Line = (int?)exception.LineNumber + 1, Column = (int?)exception.BytePositionInLine + 1 };
        }
    }

    public void Use(EventDetails details)
    {
        var e = details.Event;
        var content = new EventContent(new StoredEvent
        {
            Id = e.Id,
            Origin = e.Origin,
            ReceivedAt = e.ReceivedAt,
            Method = e.Method,
            Path = e.Path,
            Headers = [],
            ContentType = e.ContentType,
            Verdicts = [],
            Body = details.Body,
        });
        Value = content.Payload;
        Text = System.Text.Unicode.Utf8.IsValid(details.Body) ? System.Text.Encoding.UTF8.GetString(details.Body) : "";
        (EventId, Payload, Error) = (e.Id, null, null);
        Headers = details.Headers;
        Query = FormFields.Read(e.QueryString.AsSpan().TrimStart('?')) ?? [];
    }
}
