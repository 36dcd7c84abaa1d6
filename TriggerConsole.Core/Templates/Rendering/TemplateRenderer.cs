using System.Buffers;
using System.Text;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>Walks the segments of a template and writes them with the values of one event.</summary>
internal static class TemplateRenderer
{
    // Never percent-encoded: it is for people
    private static readonly byte[] s_mask = Encoding.UTF8.GetBytes(TemplateVariables.Mask);

    public static void Write(Segment[] segments, TemplateScope scope, IBufferWriter<byte> writer)
    {
        Span<byte> scratch = stackalloc byte[PlaceholderValue.ScratchSize];
        scoped var output = new Utf8Output(writer);
        foreach (ref readonly var segment in segments.AsSpan())
        {
            if (segment.Literal is not null) output.Write(segment.Literal);
            else Insert(segment.Placeholder!, segment.Insertion, scope, scratch, ref output);
        }
        output.Flush();
    }

    private static void Insert(Placeholder placeholder, Insertion insertion, TemplateScope scope, Span<byte> scratch, ref Utf8Output output)
    {
        if (scope.MaskSecrets && placeholder.Kind == PlaceholderKind.Secret)
        {
            WriteMask(insertion, ref output);
            return;
        }
        var value = new PlaceholderValue(scratch);
        try
        {
            value.Read(placeholder, scope);
            Insert(placeholder, insertion, ref value, ref output);
        }
        finally
        {
            value.Dispose();
        }
    }

    private static void Insert(Placeholder placeholder, Insertion insertion, ref PlaceholderValue value, ref Utf8Output output)
    {
        switch (insertion)
        {
            case Insertion.JsonValue:
                JsonValue(placeholder, ref value, ref output);
                break;
            case Insertion.JsonString:
                // The inside of a JSON string is escaped already
                if (value.IsJson && value.Bytes is [(byte)'"', .. var inside, (byte)'"'] && placeholder.Kind != PlaceholderKind.Payload) output.Write(inside);
                else Escaping.JsonString(value.AsText(onOneLine: false), ref output);
                break;
            case Insertion.Raw:
                output.Write(value.AsText(onOneLine: false));
                break;
            case Insertion.XmlText:
                Escaping.XmlText(value.AsText(onOneLine: false), ref output);
                break;
            case Insertion.XmlAttribute:
                Escaping.XmlAttribute(value.AsText(onOneLine: false), ref output);
                break;
            case Insertion.XmlCData:
                Escaping.XmlCData(value.AsText(onOneLine: false), ref output);
                break;
            case Insertion.Form:
                Escaping.Percent(value.AsText(onOneLine: false), Escaping.FormSafe, spaceAsPlus: true, ref output);
                break;
            case Insertion.UrlQuery:
                Escaping.Percent(value.AsText(onOneLine: true), Escaping.Unreserved, spaceAsPlus: false, ref output);
                break;
            case Insertion.UrlPath:
                Escaping.Percent(InPath(placeholder, ref value), Escaping.Unreserved, spaceAsPlus: false, ref output);
                break;
            case Insertion.UrlPathWithSlashes:
                Escaping.Percent(InPath(placeholder, ref value), Escaping.UnreservedAndSlash, spaceAsPlus: false, ref output);
                break;
            case Insertion.UrlWhole:
            case Insertion.UrlBase:
            case Insertion.UrlBaseBeforeSlash:
            case Insertion.UrlAuthority:
                output.Write(UrlRules.CheckBase(InPath(placeholder, ref value), placeholder, insertion));
                break;
            case Insertion.Header:
                output.Write(LineRules.CheckHeader(value.AsText(onOneLine: true), placeholder));
                break;
            case Insertion.MqttTopic:
                output.Write(LineRules.CheckTopic(value.AsText(onOneLine: true), placeholder));
                break;
            case Insertion.RoutingKey:
                output.Write(LineRules.CheckRoutingKey(value.AsText(onOneLine: true), placeholder));
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"Unhandled insertion {insertion}.");
        }
    }

    private static void JsonValue(Placeholder placeholder, ref PlaceholderValue value, ref Utf8Output output)
    {
        if (value.IsMissing)
        {
            output.Write("null"u8);
        }
        else if (value.IsJson)
        {
            output.Write(value.Bytes);
        }
        else if (value.IsDefault && placeholder.Default!.Json is { } json)
        {
            output.Write(json);
        }
        else
        {
            output.Write((byte)'"');
            Escaping.JsonString(value.Bytes, ref output);
            output.Write((byte)'"');
        }
    }

    /// <summary>A path without its value, or with an empty one, is another address: <c>DELETE /users/</c>.</summary>
    private static ReadOnlySpan<byte> InPath(Placeholder placeholder, ref PlaceholderValue value)
    {
        var text = value.AsText(onOneLine: true);
        if (text.IsEmpty && !value.IsDefault)
        {
            value.UseDefault(placeholder);
            if (value.IsMissing)
                throw new TemplateException(TemplateException.ValueMissing, $"The address needs {placeholder.Text}, but {MissingFrom(placeholder.Kind)}. Give it a default, as in {placeholder.Text[..^1]}|none}}, or look at what was sent.");
            text = value.AsText(onOneLine: true);
        }
        return text;
    }

    private static string MissingFrom(PlaceholderKind kind) => kind switch
    {
        PlaceholderKind.Environment => "the server has no value for that variable",
        PlaceholderKind.Secret => "no secret of that name has a value",
        _ => "this event has no value there",
    };

    private static void WriteMask(Insertion insertion, ref Utf8Output output)
    {
        if (insertion == Insertion.JsonValue) output.Write((byte)'"');
        output.Write(s_mask);
        if (insertion == Insertion.JsonValue) output.Write((byte)'"');
    }
}
