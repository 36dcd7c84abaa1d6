namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>
/// The order of a JSON document's tokens. It goes on after faults whose remedy is plain (a comma too many or too few, a name
/// twice); after others it is lost, so that one slip is not reported ten times.
/// </summary>
internal sealed class JsonStructure(TemplateBuilder builder)
{
    private readonly Stack<Level> _open = new();
    private Expected _next = Expected.Value;

    // -1: something followed the last one
    private int _lastComma = -1;

    private enum Expected
    {
        Value,
        ValueOrEnd,
        Name,
        NameOrEnd,
        Colon,
        CommaOrEnd,
        Nothing,
    }

    /// <summary>Faults made it unclear what the rest belongs to; only tokens are looked at from here on.</summary>
    public bool IsLost { get; private set; }

    public bool ExpectsName => !IsLost && (_next is Expected.Name or Expected.NameOrEnd || _next == Expected.CommaOrEnd && _open.Peek().IsObject);

    /// <summary>To be told when a token could not be read at all, and that was reported.</summary>
    public void Lose() => IsLost = true;

    public void Open(int offset, char brace)
    {
        if (!BeginValue(offset)) return;
        if (_open.Count == TemplateLimits.MaxDepth)
        {
            builder.Fault(offset, $"The document is nested deeper than {TemplateLimits.MaxDepth} levels here. Make it flatter.");
            IsLost = true;
            return;
        }
        var isObject = brace == '{';
        _open.Push(new(isObject, offset, isObject ? new(StringComparer.Ordinal) : null));
        _next = isObject ? Expected.NameOrEnd : Expected.ValueOrEnd;
    }

    public void Close(int offset, char brace)
    {
        if (IsLost) return;
        if (_open.Count == 0 || _open.Peek().IsObject != (brace == '}'))
        {
            Lose(offset, _open.Count == 0 ? $"This {brace} closes nothing: take it away." : $"Here {(_open.Peek().IsObject ? '}' : ']')} is expected, for what is open is {(_open.Peek().IsObject ? "an object" : "a list")}.");
            return;
        }
        switch (_next)
        {
            case Expected.Name or Expected.Value when _lastComma >= 0:
                builder.Fault(_lastComma, $"Take away this comma: nothing follows it before the {brace}.");
                break;
            case Expected.Colon or Expected.Value:
                builder.Fault(offset, "The name before has no value. Write a colon and a value after it.");
                break;
        }
        _open.Pop();
        EndValue();
    }

    public void Value(int offset)
    {
        if (BeginValue(offset)) EndValue();
    }

    /// <param name="name">Null when it could not be read, and that was reported.</param>
    public void Name(int offset, string? name)
    {
        if (IsLost) return;
        if (_next == Expected.CommaOrEnd && _open.Peek().IsObject) MissingComma(offset);
        if (_next is not (Expected.Name or Expected.NameOrEnd))
        {
            Lose(offset, "Here a value is expected, not a name.");
            return;
        }
        if (name is not null && !_open.Peek().Names!.Add(name)) builder.Fault(offset, "This name stands twice in the same object. Keep one of them.");
        _next = Expected.Colon;
    }

    public void Colon(int offset)
    {
        if (IsLost) return;
        if (_next != Expected.Colon)
        {
            Lose(offset, "This colon follows no name. Names stand in double quotes, in an object.");
            return;
        }
        _lastComma = -1;
        _next = Expected.Value;
    }

    public void Comma(int offset)
    {
        if (IsLost) return;
        if (_next != Expected.CommaOrEnd)
        {
            Lose(offset, _next == Expected.Nothing ? "The document ends before this comma: take away what follows." : "Before this comma a value is missing.");
            return;
        }
        _lastComma = offset;
        _next = _open.Peek().IsObject ? Expected.Name : Expected.Value;
    }

    public void End(int offset)
    {
        if (IsLost || _next == Expected.Nothing) return;
        if (_open.Count == 0) builder.Fault(offset, "Here a value is expected.");
        else builder.Fault(_open.Peek().Offset, _open.Peek().IsObject ? "This { is never closed. Close the object with }." : "This [ is never closed. Close the list with ].");
    }

    private bool BeginValue(int offset)
    {
        if (IsLost) return false;
        if (_next == Expected.CommaOrEnd && !_open.Peek().IsObject) MissingComma(offset);
        switch (_next)
        {
            case Expected.Value or Expected.ValueOrEnd:
                _lastComma = -1;
                return true;
            case Expected.Colon:
                Lose(offset, "Between a name and its value stands a colon.");
                return false;
            case Expected.Nothing:
                Lose(offset, "The document ends before this: take away what follows, or put all into one object or list.");
                return false;
            default:
                Lose(offset, builder.Source[offset] == '{'
                    ? "Here a name in double quotes is expected. The braces of objects stand once; only inside strings are literal ones doubled."
                    : "Here a name in double quotes is expected.");
                return false;
        }
    }

    private void EndValue()
    {
        _lastComma = -1;
        _next = _open.Count == 0 ? Expected.Nothing : Expected.CommaOrEnd;
    }

    private void MissingComma(int offset)
    {
        builder.Fault(offset, "Before this a comma is missing.");
        _next = _open.Peek().IsObject ? Expected.Name : Expected.Value;
    }

    private void Lose(int offset, string message)
    {
        builder.Fault(offset, message);
        IsLost = true;
    }

    private sealed record Level(bool IsObject, int Offset, HashSet<string>? Names);
}
