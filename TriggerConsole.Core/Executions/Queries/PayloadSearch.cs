using System.Buffers;
using System.Text;

namespace TriggerConsole.Core.Executions.Queries;

/// <summary>Looks for one text in the fields of an execution and in its payload, without regard to (ASCII) case.</summary>
internal sealed class PayloadSearch(string text)
{
    private readonly SearchValues<string> _text = SearchValues.Create([text], StringComparison.OrdinalIgnoreCase);

    public bool Matches(string? value) => value is not null && value.AsSpan().ContainsAny(_text);

    public bool Matches(ExecutionView view)
        => Matches(view.Id.ToString()) || Matches(view.EventId.ToString()) || Matches(view.TriggerName) || Matches(view.CallbackName)
            || Matches(view.Target) || Matches(view.Code) || Matches(view.Detail);

    public bool Matches(byte[] payload)
    {
        // Latin-1 keeps every byte as one character, so nothing is lost of payloads that are no text; non-ASCII text is looked for as UTF-8
        if (!Ascii.IsValid(text)) return payload.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        var characters = ArrayPool<char>.Shared.Rent(payload.Length);
        try
        {
            var length = Encoding.Latin1.GetChars(payload, characters);
            return characters.AsSpan(0, length).ContainsAny(_text);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }
}
