using System.Buffers;
using System.Text;
using TriggerConsole.Core.Templates.Compilation;
using TriggerConsole.Core.Templates.Rendering;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Templates;

/// <summary>
/// A template compiled for one format. Immutable, made once per version of a trigger, safe to use from several threads.
/// Values are put in once: what an event sends is never read as a template.
/// </summary>
/// <remarks>
/// <para><see cref="TemplateVariables"/> lists the placeholders. A default follows a bar: <c>{payload.user.id|none}</c>; it stands
/// in when the event has no value there or has JSON null, and may be empty. <c>{{</c> and <c>}}</c> are literal braces.</para>
/// <para>A path goes by names (<c>.name</c>, <c>['any name']</c>) and indexes (<c>[0]</c>); names tell upper from lower case.
/// As text, strings are inserted as they are, numbers and true or false as their JSON, null as nothing, objects and lists as
/// compact JSON. <c>{original_payload}</c> (and <c>{payload}</c>, which is the same) is the text as it was sent, without a byte order
/// mark, compact where the target is one line; a payload that is not UTF-8 is base64.</para>
/// </remarks>
public sealed class Template
{
    private readonly Segment[] _segments;
    private readonly byte[]? _constant;
    private readonly string? _constantText;
    private readonly bool _hasUrlBase;

    private Template(string source, TemplateFormat format, Segment[] segments, IReadOnlyCollection<string> secretNames, bool isPassthrough, bool hasUrlBase)
    {
        Source = source;
        Format = format;
        SecretNames = secretNames;
        IsPassthrough = isPassthrough;
        _segments = segments;
        _hasUrlBase = hasUrlBase;
        if (isPassthrough || segments.Length > 1 || segments is [{ Literal: null }]) return;
        _constant = segments is [{ Literal: { } only }] ? only : [];
        _constantText = Encoding.UTF8.GetString(_constant);
    }

    public string Source { get; }

    public TemplateFormat Format { get; }

    /// <summary>It has no placeholders: rendering always gives the same bytes.</summary>
    public bool IsConstant => _constant is not null;

    /// <summary>
    /// It is exactly <c>{original_payload}</c> (white space around it aside, except in text): the payload goes through byte for byte.
    /// Only bodies can be that; elsewhere the same placeholder is a value like others.
    /// </summary>
    public bool IsPassthrough { get; }

    /// <summary>Names of the secrets it uses, each once, case aside.</summary>
    public IReadOnlyCollection<string> SecretNames { get; }

    /// <summary>
    /// Compiles, or reports every fault under <paramref name="field"/> with line and column and returns null. After
    /// <see cref="TemplateLimits.MaxFaults"/> faults no more are reported.
    /// </summary>
    public static Template? Compile(string source, TemplateFormat format, TemplateRules rules, FieldErrors errors, string field)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (Encoding.UTF8.GetByteCount(source) > TemplateLimits.MaxSourceBytes)
        {
            errors.Add(field, $"A template has at most {TemplateLimits.MaxSourceBytes / 1024} KB. Shorten it.", 1, 1);
            return null;
        }
        var isBody = format is TemplateFormat.Json or TemplateFormat.Xml or TemplateFormat.Text or TemplateFormat.Form;
        if (isBody && (format == TemplateFormat.Text ? source : source.Trim()) is "{original_payload}" or "{payload}")
            return new(source, format, [], [], isPassthrough: true, hasUrlBase: false);

        var builder = new TemplateBuilder(source, rules);
        var hasUrlBase = CompileInto(builder, format);
        if (!builder.HasFaults) FindFaultsOfLiterals(builder, format);
        if (!builder.HasFaults) return new(source, format, builder.Build(), builder.SecretNames, isPassthrough: false, hasUrlBase);
        builder.Report(errors, field);
        return null;
    }

    /// <summary>Renders as UTF-8. When it throws, a part may have been written already.</summary>
    /// <exception cref="TemplateException">The event lacks what the template needs, or a value would break the target.</exception>
    public void Render(TemplateScope scope, IBufferWriter<byte> output)
    {
        if (_constant is not null)
        {
            output.Write(_constant);
        }
        else if (IsPassthrough)
        {
            var body = scope.Attempt.Event.Stored.Body;
            if (body.Length > TemplateLimits.MaxOutputBytes) Utf8Output.ThrowTooLong();
            output.Write(body);
        }
        else if (Format is TemplateFormat.Url or TemplateFormat.MqttTopic or TemplateFormat.RoutingKey)
        {
            using var buffer = new PooledBuffer();
            RenderChecked(scope, buffer);
            output.Write(buffer.Written);
        }
        else
        {
            TemplateRenderer.Write(_segments, scope, output);
        }
    }

    /// <inheritdoc cref="Render"/>
    public string RenderText(TemplateScope scope)
    {
        if (_constantText is not null) return _constantText;
        using var buffer = new PooledBuffer();
        if (IsPassthrough) Render(scope, buffer);
        else RenderChecked(scope, buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    /// <summary>
    /// Where a URL leads, whatever the event: <c>https://crm.example:443</c>. Null for other formats, and while an
    /// environment variable that the address begins with has no value or no fitting one.
    /// </summary>
    public string? UrlOrigin(TemplateEnvironment environment)
        => Format == TemplateFormat.Url ? Rendering.UrlOrigin.Of(_segments, environment) : null;

    /// <summary>What can only be judged when all values are in.</summary>
    private void RenderChecked(TemplateScope scope, PooledBuffer buffer)
    {
        TemplateRenderer.Write(_segments, scope, buffer);
        // A mask has another length than what it stands for
        var isMasked = scope.MaskSecrets && SecretNames.Count > 0;
        switch (Format)
        {
            case TemplateFormat.Url: UrlRules.Check(buffer.Written, _hasUrlBase); break;
            case TemplateFormat.MqttTopic: LineRules.CheckWholeTopic(buffer.Written); break;
            case TemplateFormat.RoutingKey when !isMasked: LineRules.CheckWholeRoutingKey(buffer.Written); break;
        }
    }

    private static bool CompileInto(TemplateBuilder builder, TemplateFormat format)
    {
        switch (format)
        {
            case TemplateFormat.Json: new JsonCompiler(builder).Compile(); break;
            case TemplateFormat.Xml: new XmlCompiler(builder).Compile(); break;
            case TemplateFormat.Form: new FormCompiler(builder).Compile(); break;
            case TemplateFormat.Url:
                var url = new UrlCompiler(builder);
                url.Compile();
                return url.HasBase;
            default: TextCompiler.Compile(builder, format); break;
        }
        return false;
    }

    /// <summary>Finds literals that alone are already too long for their target.</summary>
    private static void FindFaultsOfLiterals(TemplateBuilder builder, TemplateFormat format)
    {
        var literal = builder.Build().Sum(s => s.Literal?.Length ?? 0);
        if (format == TemplateFormat.RoutingKey && literal > TemplateLimits.MaxRoutingKeyBytes) builder.Fault(0, $"A routing key has at most {TemplateLimits.MaxRoutingKeyBytes} bytes; this one has {literal} before any value. Shorten it.");
        if (format == TemplateFormat.MqttTopic && literal > TemplateLimits.MaxTopicBytes) builder.Fault(0, $"A topic has at most {TemplateLimits.MaxTopicBytes:N0} bytes; this one has {literal:N0} before any value. Shorten it.");
        if (format == TemplateFormat.Url && literal > TemplateLimits.MaxUrlBytes) builder.Fault(0, $"An address has at most {TemplateLimits.MaxUrlBytes / 1024} KB. Shorten it.");
    }
}
