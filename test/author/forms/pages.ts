import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { field } from '../../../src/author/forms/field.js';

export class BasePage {
  @field({ title: 'Customer', widget: 'customer-picker', order: 1 })
  @Length(2, 10)
  @IsString()
  customer!: string;
}

export class Point {
  @Max(4094)
  @Min(1)
  @IsInt()
  vlan!: number;

  @IsOptional()
  @IsString()
  label?: string;
}

export class OrderForm extends BasePage {
  @field({ title: 'Speed', description: 'In Mbit/s.', placeholder: '1000' })
  @Min(1)
  @IsInt()
  speed = 1000;

  @IsOptional()
  @IsString()
  notes?: string;
}

export class PointsForm {
  @field({ title: 'End points' })
  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => Point)
  points!: Point[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Point)
  backup?: Point;
}

export class PortsForm {
  @ArrayMinSize(1)
  @IsString({ each: true })
  ids!: string[];

  @IsOptional()
  @IsInt()
  mtu?: number;
}

export class DatesForm {
  @IsDate()
  @Type(() => Date)
  from!: Date;

  @IsOptional()
  @IsDate({ each: true })
  @Type(() => Date)
  others?: Date[];
}

/** One field of every kind, for tests that throw anything at a page. */
export class EverythingForm extends OrderForm {
  @IsBoolean()
  agreed = false;

  @IsIn(['copper', 'fibre'])
  medium = 'copper';

  @IsOptional()
  @IsObject()
  extra?: Record<string, unknown>;

  @IsOptional()
  @IsArray()
  anything?: unknown[];

  @IsOptional()
  @IsInt()
  @Type(() => Number)
  count?: number;

  @IsOptional()
  @IsString()
  @Type(() => String)
  text?: string;

  @IsOptional()
  @IsString({ each: true })
  @Transform(({ value }) => value.split(','))
  tags?: string[];

  @ArrayUnique((point: Point) => point.vlan)
  @ValidateNested({ each: true })
  @Type(() => Point)
  points: Point[] = [];

  @IsOptional()
  @ValidateNested()
  @Type(() => PointsForm)
  deep?: PointsForm;

  @IsOptional()
  @IsDate()
  @Type(() => Date)
  when?: Date;
}
