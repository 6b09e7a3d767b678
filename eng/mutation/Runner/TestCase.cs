using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Sdk;

namespace FlywheelDicom.Mutation;

/// <summary>One fact, or one row of a theory.</summary>
internal sealed class TestCase(Type type, MethodInfo method, object?[] row)
{
    public TimeSpan Time { get; set; }
    public HashSet<int> Covered { get; set; } = [];

    public static List<TestCase> In(Assembly tests, Regex classes)
        => [.. from type in tests.GetTypes()
               where type is { IsPublic: true, IsAbstract: false } && classes.IsMatch(type.FullName!)
               from method in type.GetMethods()
               let fact = method.GetCustomAttributes<FactAttribute>().FirstOrDefault()
               where fact is { Skip: null }
               from row in fact is TheoryAttribute ? method.GetCustomAttributes<DataAttribute>().SelectMany(d => d.GetData(method)) : (IEnumerable<object?[]?>)[[]]
               // A row of one null is none for C#.
               select new TestCase(type, method, row ?? [null])];

    /// <summary>Null where it passes, else why it does not.</summary>
    public string? Run(TimeSpan limit)
    {
        var run = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        return run.Wait(limit) ? run.Result : Verdict.TimedOut;
    }

    public override string ToString() => $"{type.Name}.{method.Name}";

    private async Task<string?> RunAsync()
    {
        object? instance = null;
        try
        {
            instance = Activator.CreateInstance(type);
            if (method.Invoke(instance, Arguments()) is Task task)
                await task.ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            return $"{cause.GetType().Name}: {cause.Message.Split('\n')[0]}";
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }
    }

    private object?[] Arguments()
    {
        var parameters = method.GetParameters();
        return [.. parameters.Select((p, i) =>
        {
            if (p.IsDefined(typeof(ParamArrayAttribute)) && !(row.Length == parameters.Length && p.ParameterType.IsInstanceOfType(row[i])))
            {
                var element = p.ParameterType.GetElementType()!;
                var rest = Array.CreateInstance(element, Math.Max(0, row.Length - i));
                for (var at = 0; at < rest.Length; at++)
                    rest.SetValue(Converted(row[i + at], element), at);
                return rest;
            }
            return i < row.Length ? Converted(row[i], p.ParameterType) : p.DefaultValue;
        })];
    }

    /// <summary>As xunit does it: numbers fit any type of number.</summary>
    private static object? Converted(object? value, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return value is null || type.IsInstanceOfType(value) ? value
            : type.IsEnum ? Enum.ToObject(type, value)
            : value is IConvertible && type.IsPrimitive ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture) : value;
    }
}
